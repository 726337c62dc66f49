import type { Client, Finding } from '../../reports/monitor.js';
import { minutesText, type Rule, severityOf } from './rule.js';

const MEGABYTE = 1_000_000;

/** A transaction that is open for long keeps vacuum from its work, and a cutover from its snapshot. */
export const longTransaction: Rule = {
  codes: ['long-transaction'],
  judge: ({ sample: { transactions }, standing }, { transactionMinutes }) => {
    if (transactions === null) return null;
    const { longest } = transactions;
    const minutes = (longest?.transactionSeconds ?? 0) / 60;
    const limits = { warning: transactionMinutes, critical: 2 * transactionMinutes };
    const severity = severityOf(minutes, limits, standing('long-transaction', null));
    if (severity === null || longest === null) return [];
    return [
      {
        code: 'long-transaction',
        subject: null,
        severity,
        reason: `A transaction is open for ${minutesText(minutes * 60)}: ${clientText(longest)}.`,
        next: endOf(longest),
      },
    ];
  },
};

export const waitingLock: Rule = {
  codes: ['lock-wait'],
  judge: ({ sample: { locks }, standing }, { lockWaitSeconds }) => {
    if (locks === null) return null;
    const limits = { warning: lockWaitSeconds, critical: 4 * lockWaitSeconds };
    const longest = locks.reduce((a, b) => ((b.seconds ?? 0) > (a?.seconds ?? 0) ? b : a), locks[0]);
    const severity = severityOf(longest?.seconds ?? 0, limits, standing('lock-wait', null));
    if (severity === null || longest === undefined) return [];
    const holder = longest.heldBy[0];
    return [
      {
        code: 'lock-wait',
        subject: null,
        severity,
        reason:
          `${clientText(longest.waiter)} waits for ${longest.mode} on ${longest.object} since ` +
          `${Math.round(longest.seconds ?? 0)} seconds` +
          `${holder === undefined ? '' : `, which ${clientText(holder)} has`}.`,
        next: holder === undefined ? 'It may be gone at the next check.' : endOf(holder),
      },
    ];
  },
};

export const usedConnections: Rule = {
  codes: ['connections'],
  judge: ({ sample: { connections }, standing }, { connectionsPercent }) => {
    if (connections === null) return null;
    const { used, max } = connections;
    const percent = (used / max) * 100;
    const limits = { warning: connectionsPercent, critical: Math.max(90, connectionsPercent) };
    const severity = severityOf(percent, limits, standing('connections', null));
    if (severity === null) return [];
    return [
      {
        code: 'connections',
        subject: null,
        severity,
        reason: `${used} of ${max} connections are in use (${Math.round(percent)} %).`,
        next: 'See who has them in pg_stat_activity; a smaller run --concurrency needs fewer.',
      },
    ];
  },
};

/** A slot that nobody reads from fills the disk of the server. */
export const heldSlot: Rule = {
  codes: ['slot'],
  judge: ({ sample: { wal }, standing }, { slotMegabytes }) =>
    wal?.slots.flatMap(({ name, active, retainedBytes, walStatus }): Finding[] => {
      const megabytes = (retainedBytes ?? 0) / MEGABYTE;
      const limits = { warning: slotMegabytes, critical: 4 * slotMegabytes };
      const lost = walStatus === 'lost' || walStatus === 'unreserved';
      const severity = lost ? 'critical' : severityOf(megabytes, limits, standing('slot', name));
      if (severity === null) return [];
      return [
        {
          code: 'slot',
          subject: name,
          severity,
          reason: lost
            ? `Replication slot ${name} is ${walStatus}: what it was to keep is being removed.`
            : `Replication slot ${name} keeps ${Math.round(megabytes)} MB of the log${active ? '' : ', and nobody reads from it'}.`,
          next: active
            ? 'Its reader does not keep up: drydock throttle makes less to read.'
            : 'Start its reader, or drop the slot with pg_drop_replication_slot.',
        },
      ];
    }) ?? null,
};

export const replicaLag: Rule = {
  codes: ['replica-lag'],
  judge: ({ sample: { replicas }, standing }, { replicaLagSeconds }) => {
    if (
      replicas === null ||
      replicas.some(({ lagSeconds, lagBytes }) => lagSeconds === null && lagBytes === null)
    ) {
      return null;
    }
    return replicas.flatMap(({ name, lagSeconds }): Finding[] => {
      const limits = { warning: replicaLagSeconds, critical: 5 * replicaLagSeconds };
      const severity = severityOf(lagSeconds ?? 0, limits, standing('replica-lag', name));
      if (severity === null) return [];
      return [
        {
          code: 'replica-lag',
          subject: name,
          severity,
          reason: `Replica ${name} is ${Math.round(lagSeconds ?? 0)} seconds behind.`,
          next: 'drydock throttle makes the run slower; run --nice waits for replicas by itself.',
        },
      ];
    });
  },
};

/** A session by what it may be found by. */
export function clientText({ pid, user, application, state }: Client): string {
  const who = [user ?? 'an unknown user', ...(application ? [application] : [])].join(', ');
  return `backend ${pid} (${who}${state === null ? '' : `, ${state}`})`;
}

function endOf({ pid, application }: Client): string {
  if (application?.startsWith('drydock'))
    return "It is Drydock's own: drydock pause makes a run give up its snapshot.";
  if (pid === 0) return 'End it with commit prepared or rollback prepared, as its owner wants it.';
  return `Ask its owner to end it; select pg_terminate_backend(${pid}) ends it at once, and rolls it back.`;
}
