import { DrydockError } from '../errors.js';

/** A table was rewritten under a snapshot that read it: what was read may lack rows. Another snapshot will see them. */
export class RewrittenError extends DrydockError {
  override readonly name = 'RewrittenError';

  constructor(readonly tables: readonly string[]) {
    super({
      code: 'table-rewritten',
      what: `${tables.join(', ')} ${tables.length === 1 ? 'was' : 'were'} rewritten while Drydock read (ALTER TABLE, TRUNCATE, pg_repack, VACUUM FULL or the like do that): a snapshot from before does not show the rows.`,
      state: 'Nothing of what was read was used; what was committed before is complete.',
      next: 'Give the same command again when nobody rewrites the table any more.',
    });
  }
}

export function isRewritten(error: unknown): error is RewrittenError {
  return error instanceof RewrittenError;
}
