import { count } from '../../../format/format.js';
import type { MigrationReport, PhaseStory } from '../../../reports/report.js';
import { html, type Markup, NOTHING } from '../markup.js';
import { table, tick } from '../table.js';
import { moment } from '../words.js';

/** Verification by table, with both hashes. */
export function proof({ phases }: MigrationReport): Markup {
  const verified = phases.filter(({ verification }) => (verification?.tables.length ?? 0) > 0);
  return html`<section>
<h2>Proof</h2>
<p>Each legacy table and the view that gives it back are read in one snapshot, and every row is hashed with two seeds. The sums of the hashes, and the numbers of rows, have to be the same.</p>
${verified.length === 0 ? html`<p><b>Nothing was verified yet.</b></p>` : verified.map(phaseProof)}
</section>`;
}

function phaseProof({ phase, verification }: PhaseStory): Markup {
  if (verification === null) return NOTHING;
  return table(
    `${phase}, verified ${moment(verification.at)}${verification.strict ? ', and as text' : ''}`,
    [
      { title: 'legacy table' },
      { title: '', kind: 'tick' },
      { title: 'rows', kind: 'n' },
      { title: 'hash of the table', kind: 'hash' },
      { title: 'hash of its view', kind: 'hash' },
    ],
    verification.tables.map(({ table: name, equal, legacy, unified }) => [
      name,
      tick(equal, ['equal', 'different']),
      legacy.rows === unified.rows ? count(legacy.rows) : `${count(legacy.rows)} / ${count(unified.rows)}`,
      sums(legacy.hash),
      sums(unified.hash),
    ]),
  );
}

/** The two sums of a hash, one below the other. */
function sums(hash: string): Markup {
  return html`${hash.split(':').map((sum) => html`${sum}<br>`)}`;
}
