/** What people are told about runners and jobs: rows in, views and sentences out. */
import { RUNNER_PROTOCOL } from '../protocol/runner.ts';
import type { JobOffer, JobView, RunnerState, RunnerView } from '../protocol/runner.ts';
import { fits } from './job-queue.ts';
import type { Skills, Wishes } from './job-queue.ts';
import type { JobRow, RunnerRow } from './runner-store.ts';

/** How long two processes with one key stay on the screen. */
const CLONE_SHOWN_MS = 24 * 60 * 60_000;

export interface Presence {
  now: number;
  lostMs: number;
  /** When it was last heard, as far as memory knows better than the row. */
  seenAt: number | null;
  running: number;
  draining: boolean;
}

export function isOutdated(runner: Pick<RunnerRow, 'protocol'>): boolean {
  return runner.protocol < RUNNER_PROTOCOL;
}

export function skillsOf(runner: Pick<RunnerRow, 'id' | 'tags' | 'task_runners'>): Skills {
  return { id: runner.id, tags: stringList(runner.tags), taskRunners: stringList(runner.task_runners) };
}

export function runnerState(runner: RunnerRow, { now, lostMs, seenAt, running, draining }: Presence): RunnerState {
  if (runner.clone_at !== null && now - runner.clone_at < CLONE_SHOWN_MS) return 'clone-suspect';
  if (seenAt === null || now - seenAt > lostMs) return 'offline';
  if (isOutdated(runner)) return 'outdated';
  if (draining || runner.drain === 1) return 'draining';
  if (runner.paused === 1) return 'paused';
  return running >= runner.slots ? 'busy' : 'online';
}

export function runnerView(runner: RunnerRow, group: string, presence: Presence, fingerprint: string): RunnerView {
  const { tags, taskRunners } = skillsOf(runner);
  return {
    id: runner.id,
    group,
    name: runner.name,
    state: runnerState(runner, presence),
    tags: [...tags],
    taskRunners: [...taskRunners],
    version: runner.version,
    slots: runner.slots,
    running: presence.running,
    enrolledAt: instant(runner.enrolled_at),
    enrolledBy: runner.enrolled_by,
    fingerprint,
    ...(presence.seenAt !== null && { lastSeenAt: instant(presence.seenAt) }),
    ...(runner.paused === 1 && runner.pause_note !== null && { pauseNote: runner.pause_note }),
  };
}

export function jobView(row: JobRow, offer: JobOffer): JobView {
  return {
    jobId: row.id,
    executionId: offer.executionId,
    namespace: offer.namespace,
    flowId: offer.flowId,
    taskId: offer.taskId,
    attempt: offer.attempt,
    state: row.state,
    queuedAt: instant(row.queued_at),
    ...(row.runner !== null && { runnerId: row.runner }),
    ...(row.started_at !== null && { startedAt: instant(row.started_at) }),
    ...(row.ended_at !== null && { endedAt: instant(row.ended_at) }),
    ...(row.note !== null && {
      note: row.stale_writes === 0 ? row.note : `${row.note}; ${row.stale_writes} late writes refused`,
    }),
  };
}

/** Why a job has not started yet, in one sentence. */
export function whyWaiting(job: Wishes, runners: { state: RunnerState; skills: Skills }[], ahead: number): string {
  if (runners.length === 0) return 'No runner is enrolled in this group.';
  if (job.runner !== undefined) return 'It waits for the runner that has its directory.';
  const wanted = [
    ...(job.tags.length > 0 ? [`the tags ${job.tags.join(job.match === 'ALL' ? ' and ' : ' or ')}`] : []),
    ...job.taskRunners.map((type) => `the task runner ${type}`),
  ].join(' and ');
  const fitting = runners.filter(({ skills }) => fits(job, skills));
  if (fitting.length === 0) return `None of the ${count(runners.length, 'runner')} of this group has ${wanted}.`;
  const ready = fitting.filter(({ state }) => state === 'online' || state === 'busy');
  if (ready.length === 0) {
    const what = wanted === '' ? 'No runner of this group' : `No runner with ${wanted}`;
    return `${what} is online (${tally(fitting.map(({ state }) => state))}).`;
  }
  const idle = ready.filter(({ state }) => state === 'online').length;
  if (idle === 0) {
    const busy =
      ready.length === 1 ? 'The only matching runner is busy' : `All ${ready.length} matching runners are busy`;
    return `${busy}; ${count(ahead, 'job')} ${ahead === 1 ? 'is' : 'are'} ahead.`;
  }
  return `${count(idle, 'runner')} may take it now; ${count(ahead, 'job')} ${ahead === 1 ? 'is' : 'are'} ahead.`;
}

function tally(states: RunnerState[]): string {
  const counts = new Map<RunnerState, number>();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, n]) => `${n} ${state}`).join(', ');
}

function count(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`;
}

export function stringList(json: string): string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.map(String) : [];
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
