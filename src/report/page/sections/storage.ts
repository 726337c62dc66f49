import { bytes } from '../../../format/format.js';
import type { TableSize } from '../../../reports/bench.js';
import type { MigrationReport } from '../../../reports/report.js';
import { colourKey, figure } from '../figure.js';
import { type StorageBar, storageOf } from '../figures/storage.js';
import { html, type Markup, NOTHING } from '../markup.js';
import { table } from '../table.js';

/** What tables and indexes take on disk: part by part where a benchmark measured it, else phase by phase. */
export function storage({ bench, phases }: MigrationReport): Markup {
  const measured = bench?.storage;
  if (measured) {
    const parts = (size: TableSize) => [
      { name: 'heap', bytes: size.heap },
      { name: 'indexes', bytes: size.indexes },
      { name: 'TOAST', bytes: size.toast },
    ];
    return section(
      [
        { name: 'legacy', colour: 'legacy', parts: parts(measured.legacy) },
        { name: 'unified', colour: 'unified', parts: parts(measured.unified) },
      ],
      measured.savedPercent,
      sizes([...measured.legacyTables, ...measured.unifiedTables]),
    );
  }
  const known = phases.flatMap(({ phase, storage: size }) => (size === null ? [] : [{ phase, ...size }]));
  const [legacy, unified] = [
    known.reduce((sum, { legacyBytes }) => sum + legacyBytes, 0),
    known.reduce((sum, { unifiedBytes }) => sum + unifiedBytes, 0),
  ];
  if (legacy === 0) return NOTHING;
  return section(
    [
      {
        name: 'legacy',
        colour: 'legacy',
        parts: known.map(({ phase, legacyBytes }) => ({ name: phase, bytes: legacyBytes })),
      },
      {
        name: 'unified',
        colour: 'unified',
        parts: known.map(({ phase, unifiedBytes }) => ({ name: phase, bytes: unifiedBytes })),
      },
    ],
    100 * (1 - unified / legacy),
  );
}

function section(bars: readonly StorageBar[], saved: number, sizesTable?: Markup): Markup {
  const change = saved >= 0 ? `${saved.toFixed(0)} % less` : `${(-saved).toFixed(0)} % more`;
  const says = bars.map(
    ({ name, parts }) => `${name}: ${parts.map((part) => `${part.name} ${bytes(part.bytes)}`).join(', ')}.`,
  );
  return html`<section>
<h2>Storage</h2>
${figure({
  caption: html`Tables and their indexes on disk: <b>${change}</b> than the legacy tables, once those are dropped. Until then both are there.`,
  says: `Storage. ${says.join(' ')}`,
  draw: (width) => storageOf(bars, width),
  key: colourKey([
    ['legacy', 'legacy tables'],
    ['unified', 'unified tables'],
  ]),
  ...(sizesTable === undefined ? {} : { table: sizesTable }),
})}
</section>`;
}

function sizes(tables: readonly TableSize[]): Markup {
  return table(
    'Bytes on disk, table by table',
    [
      { title: 'table' },
      { title: 'heap', kind: 'n' },
      { title: 'TOAST', kind: 'n' },
      { title: 'indexes', kind: 'n' },
      { title: 'total', kind: 'n' },
    ],
    tables.map((one) => [
      one.table.replaceAll('"', ''),
      bytes(one.heap),
      bytes(one.toast),
      bytes(one.indexes),
      bytes(one.total),
    ]),
  );
}
