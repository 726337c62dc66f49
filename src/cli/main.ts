#!/usr/bin/env node
import process from 'node:process';

const argv = process.argv.slice(2);

// Scripts and installers ask for the version alone, and often: it is in one file.
if (argv.length === 1 && argv[0] === '--version') {
  const { version } = await import('../format/version.js');
  process.stdout.on('error', () => undefined); // who asked has gone
  process.stdout.write(`${version()}\n`);
} else {
  await import('./command-line.js');
}
