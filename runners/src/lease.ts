/** The lease of one claimed job: renewed in time, or the job is killed here before the server gives it to another. */
import { HeartbeatAnswer } from '../../worker/src/protocol/runner.ts';
import type { CancelReason, ClaimedJob, RunnerTimes, WorkspaceEnd } from '../../worker/src/protocol/runner.ts';
import { pause } from './retry.ts';
import { parseAnswer, ServerError } from './server.ts';
import type { Server } from './server.ts';

export interface LeaseEvents {
  /** The server wants the job to end. */
  cancelled(reason: CancelReason): void;
  /** This attempt may not write any more: it must be dead before the server declares it lost. */
  lost(reason: string): void;
  /** The tasks in the directory that the job keeps are over. */
  closed(end: WorkspaceEnd): void;
  drain(): void;
}

/** Renews until the signal ends it. */
export async function keepLease(
  server: Server,
  job: ClaimedJob,
  times: RunnerTimes,
  events: LeaseEvents,
  signal: AbortSignal,
): Promise<void> {
  let renewed = clocks();
  while (!signal.aborted) {
    const silentMs = elapsedSince(renewed);
    if (silentMs >= times.selfKillMs) {
      return events.lost(`the server could not be reached for ${Math.round(silentMs / 1000)} s`);
    }
    await pause(Math.min(times.renewMs, Math.max(0, times.selfKillMs - silentMs)), signal);
    if (signal.aborted) return;
    const asked = clocks();
    try {
      const answer = await renew(server, job, times, signal);
      renewed = asked;
      if (answer.cancel !== undefined) events.cancelled(answer.cancel);
      if (answer.close !== undefined) events.closed(answer.close);
      if (answer.drain) events.drain();
    } catch (error) {
      if (error instanceof ServerError && !error.isPassing && !signal.aborted) return events.lost(error.message);
    }
  }
}

async function renew(
  server: Server,
  { jobId, fence, token }: ClaimedJob,
  times: RunnerTimes,
  signal: AbortSignal,
): Promise<HeartbeatAnswer> {
  const request = { token, body: JSON.stringify({ fence }), timeoutMs: times.renewMs, signal };
  return parseAnswer(await server.send('POST', `runs/${jobId}/heartbeat`, request), HeartbeatAnswer);
}

/** Two clocks, because each has its failure: one stands still while the machine sleeps, the other can be set. */
function clocks() {
  return { wall: Date.now(), steady: performance.now() };
}

function elapsedSince(then: ReturnType<typeof clocks>): number {
  const now = clocks();
  return Math.max(now.wall - then.wall, now.steady - then.steady);
}
