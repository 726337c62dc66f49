import { type Command, Option } from 'commander';
import { DEFAULTS } from '../../reports/target.js';

/** Flags of every command: how to reach the database, where the tables live, how to print. */
export function addGlobalFlags(program: Command): Command {
  return program
    .option(
      '--database-url <url>',
      'address of the database, as psql takes it: postgres://... or "host=... dbname=..."; else DATABASE_URL, else the PG* variables',
    )
    .option('--schema <name>', `schema of the legacy and of the unified tables (default: ${DEFAULTS.schema})`)
    .option(
      '--app-schema <name>',
      "schema of the tables that the project has in one of their own (default: --schema if they are there, else the project's)",
    )
    .option('--json', 'print one JSON document on stdout, also on failure, and nothing else')
    .option('--verbose', 'log every batch; show the stack and the details of an error')
    .addOption(
      new Option('--log-format <format>', 'log lines on stderr (default: text)').choices(['text', 'json']),
    )
    .option('--no-color', 'no colours (NO_COLOR does the same)');
}

/** Whether `--config` of a command names the project's file; `init` makes it. */
export function namesProject(command: Command): boolean {
  return !['demo', 'init'].includes(command.name());
}

/** Which project; not on a command that has a config file of its own. */
export function addConfigFlag(command: Command): Command {
  return command
    .option(
      '--config <file>',
      'what is restructured, and defaults: a TypeScript or JavaScript file (default: drydock.config.ts, .mts, .js or .mjs here)',
    )
    .option(
      '--environment <name>',
      'which of the environments of the config file (default: what it says for all)',
    );
}

/** Which phases; `what` says what they are named for. */
export function addPhaseFlag(command: Command, what: string): Command {
  return command.option('--phase <phase>', `${what}: its name, or all`);
}

/** The three ways to name a part of a phase: by batch, by key, by time. */
export function addRangeFlags(command: Command): Command {
  return command
    .option('--batches <A..B>', 'only these batches, both ends included (one number: one batch)')
    .option('--from <key>', 'only keys from this uuid on, itself included')
    .option('--to <key>', 'only keys up to this uuid, itself left out')
    .option(
      '--since <time>',
      'only keys with a legacy row created, reviewed or updated at or after this time: ' +
        'ISO 8601, UTC where no offset is given',
    );
}

/** How the work is cut: lanes and batches. */
export function addSizeFlags(command: Command): Command {
  return command
    .option('--concurrency <n>', `lanes that load side by side (default: ${DEFAULTS.concurrency})`)
    .option('--batch-size <rows>', `legacy rows per batch (default: ${DEFAULTS.batchSize})`);
}

/** Statements instead of deeds. */
export function addSqlFlags(command: Command): Command {
  return command
    .option('--sql', 'with --dry-run: print each distinct statement that would be sent, in order, for review')
    .option(
      '--scratch-url <url>',
      'for --sql: a server on which databases may be made and dropped (default: one that Drydock starts itself)',
    );
}

/** How fast rows may be loaded. */
export function addRateFlag(command: Command): Command {
  return command.option(
    '--max-rate <rows>',
    'legacy rows loaded per second at most, over all lanes (default: no limit)',
  );
}

/** How long to come again for locks that others hold. */
export function addPatienceFlag(command: Command): Command {
  return command
    .option(
      '--patience <seconds>',
      `how long to come again where transactions stand in the way (default: ${DEFAULTS.patience})`,
    )
    .option(
      '--lock-wait <seconds>',
      'let one attempt wait so long for its locks; applications wait behind it (default: 0.4 s at most)',
    );
}
