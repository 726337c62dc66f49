import type { Client, MonitorReport, Sample } from '../../reports/monitor.js';
import { bytes, count, duration, share, visible } from './words.js';

/** The figures of the server in words; null: unknown. */
export function factsOf({ sample, rates }: MonitorReport): (readonly [name: string, value: string | null])[] {
  if (sample === null) return [];
  const { connections, transactions, locks, wal, replicas, tables, disk, machine, cache } = sample;
  return [
    [
      'connections',
      connections &&
        `${count(connections.used)} of ${count(connections.max)} (${share(connections.used / connections.max)})`,
    ],
    ['transactions', transactions && transactionText(transactions)],
    ['locks', locks && lockText(locks)],
    [
      'cache',
      cache &&
        (rates?.cacheHitRatio == null
          ? 'nothing was read'
          : `${(rates.cacheHitRatio * 100).toFixed(1)} % found in memory`),
    ],
    ['log (WAL)', wal && walText(wal, rates?.walBytesPerSecond ?? null)],
    [
      'replicas',
      replicas &&
        (replicas
          .map(
            ({ name, lagSeconds }) =>
              `${visible(name)} ${lagSeconds === null ? 'unknown' : `${duration(lagSeconds)} behind`}`,
          )
          .join(', ') ||
          'none'),
    ],
    [
      'dead rows',
      tables &&
        (tables
          .slice(0, 4)
          .map(({ table, dead, live }) => `${visible(table)} ${count(dead)} beside ${count(live)}`)
          .join(', ') ||
          'none'),
    ],
    ['database', disk && (disk.databaseBytes === null ? null : bytes(disk.databaseBytes))],
    [
      'disk',
      disk?.volume
        ? `${share(1 - disk.volume.freeBytes / disk.volume.totalBytes)} of ${bytes(disk.volume.totalBytes)} in use`
        : null,
    ],
    [
      'this machine',
      machine && `${machine.cores} cores ${share(machine.cpu)} in use, memory ${share(machine.memory)}`,
    ],
  ];
}

function transactionText({ longest, prepared }: NonNullable<Sample['transactions']>): string {
  if (longest === null) return 'none is open';
  const more = prepared > 0 ? `; ${count(prepared)} prepared` : '';
  return `longest ${duration(longest.transactionSeconds ?? 0)}: ${clientText(longest)}${more}`;
}

function lockText(locks: NonNullable<Sample['locks']>): string {
  const [first] = locks;
  if (first === undefined) return 'nobody waits';
  const held = first.heldBy.length === 0 ? '' : `, held by ${first.heldBy.map(clientText).join(' and ')}`;
  return `${count(locks.length)} waiting: ${clientText(first.waiter)} for ${duration(first.seconds ?? 0)}, for ${visible(first.mode)} on ${visible(first.object)}${held}`;
}

function walText({ directoryBytes, slots }: NonNullable<Sample['wal']>, perSecond: number | null): string {
  return [
    ...(perSecond === null ? [] : [`${bytes(perSecond)}/s`]),
    ...(directoryBytes === null ? [] : [`${bytes(directoryBytes)} on disk`]),
    slots.length === 0
      ? 'no slots'
      : slots
          .map(({ name, retainedBytes }) => `slot ${visible(name)} keeps ${bytes(retainedBytes ?? 0)}`)
          .join(', '),
  ].join(', ');
}

function clientText({ pid, user, application, state }: Client): string {
  const words = [user, application, state].filter((word) => word !== null && word !== '');
  return `${pid}${words.length === 0 ? '' : ` (${words.map((word) => visible(word ?? '')).join(', ')})`}`;
}
