import type { Session } from '../db/session.js';
import type { Turn } from './swap.js';

/** STUB until sync is merged. */
export interface CatchUp {
  ahead(): Promise<void>;
  within(): Promise<number>;
}
export async function openCatchUp(_turn: Turn, _session: Session): Promise<CatchUp> {
  return { ahead: async () => undefined, within: async () => 0 };
}
export async function endCapture(_session: Session, _phaseId: number): Promise<void> {
  return;
}
