import type { Session } from '../../../db/session.js';

/** Gives SQL for `transform/fingerprint.ts`'s foldText: what two people would call the same text. */
export type FoldText = (expression: string) => string;

/** White space as JavaScript knows it. */
const SPACES = String.raw`\u0009-\u000d\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff`;

/**
 * As near as the server comes to it. With ICU it is the same for every text that we met; without, letters beyond
 * ASCII keep their case where the database's locale does not know them.
 */
export async function foldTextFor(session: Session): Promise<FoldText> {
  const { utf8, icu } = await session.one(
    `select (getdatabaseencoding() = 'UTF8')::text as utf8,
       exists (select from pg_collation where collname = 'und-x-icu' and collnamespace = 'pg_catalog'::regnamespace)::text as icu`,
  );
  if (utf8 !== 'true') {
    return (text) => `btrim(regexp_replace(lower(${text}), '[[:punct:][:space:]]+', ' ', 'g'))`;
  }
  const collation = icu === 'true' ? 'collate "und-x-icu"' : 'collate "default"';
  return (text) => {
    const cased = `lower(upper(lower(normalize(${text}, nfkc) ${collation})))`;
    return `btrim(regexp_replace(normalize(${cased}, nfkc) ${collation}, e'[[:punct:]${SPACES.replaceAll('\\', '\\\\')}]+', ' ', 'g'))`;
  };
}
