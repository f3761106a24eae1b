/** What may be done to a state, decided from what is known of it alone.
 *   S1. Whoever holds the lock writes, and nobody else. A state that nobody has locked is written without a lock's id.
 *   S2. A state follows the one before it: same lineage, higher serial. Only a push that the client was told to force does not.
 *   S3. Everything may be repeated: a client sends again what it got no answer for. */
import { fail, ok } from '../result.ts';
import type { Result } from '../result.ts';

export interface StateWrite {
  /** As the query's `ID` says. */
  lockId?: string;
  serial: number;
  lineage: string;
  md5: string;
  /** Takes an older state up again: it follows whatever is there. */
  isRestored?: boolean;
}

/** `document` is the lock as its holder sent it, JSON text. */
export interface HeldLock {
  id: string;
  operation?: string;
  document: string;
}

export type Refusal = { kind: 'locked'; holder: HeldLock } | { kind: 'conflict'; message: string };

export interface Verdict {
  /** It is the newest one already. */
  isSame: boolean;
  isForced: boolean;
}

export function judgeWrite(
  lock: HeldLock | undefined,
  newest: { serial: number; lineage: string; md5: string } | undefined,
  write: StateWrite,
): Result<Verdict, Refusal> {
  if (lock !== undefined && lock.id !== write.lockId) return fail({ kind: 'locked', holder: lock });
  const isSame =
    newest !== undefined &&
    newest.md5 === write.md5 &&
    newest.serial === write.serial &&
    newest.lineage === write.lineage;
  if (isSame) return ok({ isSame, isForced: false });
  if (lock === undefined && write.lockId !== undefined)
    return conflict(`The lock ${write.lockId} is gone: somebody has taken it away. Plan again.`);
  const isFollowing = newest === undefined || (newest.lineage === write.lineage && newest.serial < write.serial);
  // The client refuses such a push by itself unless it is told to force it.
  const isPush = lock?.operation === 'state-push';
  if (isFollowing || isPush || write.isRestored) return ok({ isSame: false, isForced: !isFollowing });
  return conflict(
    newest.lineage === write.lineage
      ? `The state has serial ${newest.serial} already, and ${write.serial} does not follow it. Plan again.`
      : `The state has the lineage ${newest.lineage}, and ${write.lineage} is another one. Push it with -force to replace it.`,
  );
}

export function judgeLock(held: HeldLock | undefined, wanted: HeldLock): Result<null, Refusal> {
  return held === undefined || held.id === wanted.id ? ok(null) : fail({ kind: 'locked', holder: held });
}

/** Without an id the lock is taken away, whoever holds it. */
export function judgeUnlock(held: HeldLock | undefined, id: string | undefined): Result<null, Refusal> {
  return held === undefined || id === undefined || held.id === id ? ok(null) : fail({ kind: 'locked', holder: held });
}

function conflict(message: string): Result<never, Refusal> {
  return fail({ kind: 'conflict', message });
}
