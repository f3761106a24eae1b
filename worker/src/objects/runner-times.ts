/** The clock of the runner protocol: one lease, and everything else in proportion to it. */
import {
  RUNNER_CANCEL_FORCED_MS,
  RUNNER_LEASE_MS,
  RUNNER_LOST_MS,
  RUNNER_OFFER_MS,
  RUNNER_RENEW_MS,
  RUNNER_SELF_KILL_MS,
} from '../limits.ts';
import type { RunnerTimes } from '../protocol/runner.ts';

export interface GroupTimes extends RunnerTimes {
  lostMs: number;
  offerMs: number;
  cancelForcedMs: number;
}

export function groupTimes(leaseMs: number): GroupTimes {
  const scaled = (ms: number) => Math.round((ms * leaseMs) / RUNNER_LEASE_MS);
  return {
    leaseMs,
    renewMs: scaled(RUNNER_RENEW_MS),
    selfKillMs: scaled(RUNNER_SELF_KILL_MS),
    lostMs: scaled(RUNNER_LOST_MS),
    offerMs: scaled(RUNNER_OFFER_MS),
    // The way from TERM to KILL on the runner takes its time however short the lease is.
    cancelForcedMs: Math.max(scaled(RUNNER_CANCEL_FORCED_MS), scaled(RUNNER_LOST_MS)),
  };
}
