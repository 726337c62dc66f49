import { randomBytes } from 'node:crypto';

/** PostgreSQL cuts longer names off. */
const maxBytes = 63;

export function templatePrefix(runId: string): string {
  return `drydock_${runId}_template_`;
}

export function templateName(runId: string, name: string): string {
  return templatePrefix(runId) + slug(name);
}

/** Unique, and still telling what it was made for. */
export function databaseName(runId: string, name: string): string {
  const end = `_${randomBytes(3).toString('hex')}`;
  return `drydock_${runId}_${slug(name)}`.slice(0, maxBytes - end.length) + end;
}

function slug(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
}
