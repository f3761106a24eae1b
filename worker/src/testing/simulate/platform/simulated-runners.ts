/** A runner group that keeps its jobs, and its runners: they start late, answer twice, or are lost. Its calls go on until they arrive. */
import type { Effect } from '../../../engine/effect.ts';
import type { ExecutionEvent } from '../../../engine/event.ts';
import { stringifyJson } from '../../../protocol/json.ts';
import type { SimulatedPlatform } from './simulated-platform.ts';

interface Job {
  jobId: string;
  replyTo: string;
  executionId: string;
  taskRun: number;
  attempt: number;
  spec?: string;
  isWorkspace?: boolean;
  /** The job in whose directory it runs. */
  workspace?: string;
}

interface JobState {
  isOffered: boolean;
  isRunning: boolean;
  end?: 'SUCCESS' | 'FAILED' | 'KILLED';
}

interface Port {
  startJob(
    attempt: Pick<Extract<Effect, { type: 'run-task' }>, 'taskRun' | 'attempt'>,
    runner: string,
  ): Promise<{ kind: string }>;
  dispatch(executionId: string, event: string): Promise<unknown>;
}

const RETRY_MS = 700;
const RUNNER = 'r1';

export class SimulatedRunners {
  readonly #platform: SimulatedPlatform;
  readonly #say: (line: string) => void;
  readonly #jobs = new Map<string, JobState>();

  constructor(platform: SimulatedPlatform, say: (line: string) => void) {
    this.#platform = platform;
    this.#say = say;
  }

  offer(job: Job): Promise<void> {
    return this.#platform.reach(() => {
      const state = this.#state(job.jobId);
      if (state.isOffered) return;
      state.isOffered = true;
      this.#after(3_000, () => void this.#run(job, state));
    });
  }

  /** A script that runs is soon over, and its answer tells who was quicker; a workspace waits for a word. */
  cancel(jobId: string): Promise<void> {
    return this.#end(jobId, 'KILLED');
  }

  closeWorkspace(jobId: string, end: 'SUCCESS' | 'FAILED'): Promise<void> {
    return this.#end(jobId, end);
  }

  #end(jobId: string, end: JobState['end']): Promise<void> {
    return this.#platform.reach(() => {
      this.#state(jobId).end ??= end;
    });
  }

  /** Of a job that may still be on its way. */
  #state(jobId: string): JobState {
    const state = this.#jobs.get(jobId) ?? { isOffered: false, isRunning: false };
    this.#jobs.set(jobId, state);
    return state;
  }

  async #run(job: Job, state: JobState): Promise<void> {
    const { random, clock } = this.#platform;
    const { taskRun, attempt, executionId } = job;
    const lost = (): ExecutionEvent => ({ type: 'task.lost', at: clock.now, taskRun, attempt, message: 'lost' });
    if (job.workspace !== undefined && this.#jobs.get(job.workspace)?.isRunning !== true) {
      return void (await this.#tell(job, lost()));
    }
    if (state.end === 'KILLED') {
      return void (await this.#tell(job, { type: 'task.finished', at: clock.now, taskRun, attempt, state: 'KILLED' }));
    }
    if (job.spec === undefined) {
      const started = await this.#insist(job, (port) => port.startJob({ ...job }, RUNNER));
      if (started.kind !== 'start') return;
    } else {
      await this.#tell(job, { type: 'task.started', at: clock.now, taskRun, attempt, workerId: RUNNER });
    }
    state.isRunning = true;
    const isLost = random.chance(0.15);
    do await new Promise<void>((done) => this.#after(6_000, done));
    while (job.isWorkspace && !isLost && state.end === undefined);
    state.isRunning = false;
    this.#say(`job ${executionId} ${taskRun} ${attempt} is done`);
    const end = job.isWorkspace ? (state.end ?? 'KILLED') : random.pick(['SUCCESS', 'SUCCESS', 'FAILED'] as const);
    const outcome: ExecutionEvent = isLost
      ? lost()
      : { type: 'task.finished', at: clock.now, taskRun, attempt, state: end, outputs: { code: 1 } };
    for (let n = random.chance(0.2) ? 2 : 1; n > 0; n--) await this.#tell(job, outcome);
  }

  #tell(job: Job, event: ExecutionEvent): Promise<unknown> {
    return this.#insist(job, (port) => port.dispatch(job.executionId, stringifyJson(event)));
  }

  async #insist<T>({ replyTo }: Job, call: (port: Port) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await call(this.#platform.namespace('execution').get(replyTo) as unknown as Port);
      } catch {
        await new Promise<void>((done) => this.#after(RETRY_MS, done));
      }
    }
  }

  #after(ms: number, work: () => void): void {
    this.#platform.clock.after(this.#platform.random.below(ms), work);
  }
}
