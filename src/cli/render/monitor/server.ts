import { bytes, count, counted, duration } from '../../../format/format.js';
import { printable } from '../../../format/printable.js';
import type { Client, LockWait, MonitorReport, Sample } from '../../../reports/monitor.js';
import type { Style } from '../../style.js';

type Fact = readonly [name: string, value: string];

/** The figures of the server, a line for each group. What is not known says so. */
export function serverFacts({ sample, rates }: MonitorReport, style: Style): Fact[] {
  if (sample === null) return [];
  const { colors } = style;
  const known = <T>(value: T | null, text: (value: T) => string): string =>
    value === null ? colors.yellow('unknown') : text(value);
  return [
    [
      'connections',
      known(sample.connections, ({ used, max }) => `${count(used)} of ${count(max)} (${share(used / max)})`),
    ],
    ['transactions', known(sample.transactions, (all) => transactionText(all, sample))],
    ['locks', known(sample.locks, locksText)],
    [
      'cache',
      known(sample.cache, () =>
        rates?.cacheHitRatio == null
          ? 'nothing was read'
          : `${(rates.cacheHitRatio * 100).toFixed(1)}% of blocks found in memory`,
      ),
    ],
    ['log (WAL)', known(sample.wal, (wal) => walText(wal, rates?.walBytesPerSecond ?? null))],
    ['replicas', known(sample.replicas, replicasText)],
    ['dead rows', known(sample.tables, tablesText)],
    ['disk', known(sample.disk, diskText)],
    [
      'this machine',
      known(
        sample.machine,
        ({ cpu, memory, cores }) => `${counted(cores, 'core')} ${share(cpu)} in use, memory ${share(memory)}`,
      ),
    ],
  ];
}

function transactionText(
  { longest, prepared }: NonNullable<Sample['transactions']>,
  { unknown }: Sample,
): string {
  const seen = unknown.some(({ figure }) => figure === 'transactions') ? ' (of your own sessions)' : '';
  if (longest === null) return `none is open${seen}`;
  return (
    `longest ${duration(longest.transactionSeconds ?? 0)}${seen}: ${clientText(longest)}` +
    `${prepared > 0 ? `; ${count(prepared)} prepared` : ''}`
  );
}

function locksText(locks: readonly LockWait[]): string {
  const [first] = locks;
  if (first === undefined) return 'nobody waits';
  const holders = first.heldBy.map(clientText).join(' and ');
  return (
    `${counted(locks.length, 'session waits', 'sessions wait')}: ${clientText(first.waiter)} ` +
    `for ${first.seconds === null ? 'a moment' : duration(first.seconds)}, for ${printable(first.mode)} on ` +
    `${printable(first.object)}${holders === '' ? '' : `, held by ${holders}`}`
  );
}

function walText({ directoryBytes, slots }: NonNullable<Sample['wal']>, perSecond: number | null): string {
  return [
    ...(perSecond === null ? [] : [`${bytes(perSecond)}/s`]),
    ...(directoryBytes === null ? [] : [`${bytes(directoryBytes)} on disk`]),
    ...(slots.length === 0 ? ['no slots'] : []),
    ...slots.map(
      ({ name, active, retainedBytes }) =>
        `slot ${printable(name)} keeps ${retainedBytes === null ? 'nothing' : bytes(retainedBytes)}${active ? '' : ', idle'}`,
    ),
  ].join(', ');
}

function replicasText(replicas: NonNullable<Sample['replicas']>): string {
  if (replicas.length === 0) return 'none';
  return replicas
    .map(
      ({ name, lagSeconds }) =>
        `${printable(name)} ${lagSeconds === null ? 'unknown' : `${duration(lagSeconds)} behind`}`,
    )
    .join(', ');
}

function tablesText(tables: NonNullable<Sample['tables']>): string {
  if (tables.length === 0) return 'none';
  return tables
    .slice(0, 3)
    .map(({ table, live, dead }) => `${printable(table)} ${count(dead)} beside ${count(live)}`)
    .join(', ');
}

function diskText({ databaseBytes, volume }: NonNullable<Sample['disk']>): string {
  const used = volume === null ? null : 1 - volume.freeBytes / volume.totalBytes;
  return [
    ...(databaseBytes === null ? [] : [`database ${bytes(databaseBytes)}`]),
    ...(volume === null || used === null
      ? ['file system unknown']
      : [`file system ${share(used)} of ${bytes(volume.totalBytes)} in use`]),
  ].join(', ');
}

function clientText({ pid, user, application, state }: Client): string {
  const words = [user, application, state].filter((word): word is string => word !== null && word !== '');
  return `${pid}${words.length === 0 ? '' : ` (${words.map(printable).join(', ')})`}`;
}

function share(part: number): string {
  return `${Math.round(part * 100)}%`;
}
