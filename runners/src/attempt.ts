/** Runs one claimed job from its workspace to its result, and cleans up whatever happens.
 *
 *   A1. An attempt that lost its lease writes nothing any more.
 *   A2. Everything that leaves goes through the masker: log, outputs, metrics, messages. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LOG_MESSAGE_CHARS_MAX, RUNNER_RESULT_BYTES_MAX } from '../../worker/src/limits.ts';
import type { JobOutputs, JobSpec, TaskRunnerType, WorkspaceCache } from '../../worker/src/protocol/job.ts';
import { isJsonObject, stringifyJson } from '../../worker/src/protocol/json.ts';
import type { Json, JsonObject } from '../../worker/src/protocol/json.ts';
import type {
  CancelReason,
  ClaimedJob,
  CompleteJob,
  RunnerTimes,
  WorkspaceEnd,
} from '../../worker/src/protocol/runner.ts';
import type { LogLevel } from '../../worker/src/protocol/states.ts';
import type { Result } from '../../worker/src/result.ts';
import { restoreCache, saveCache } from './job-cache.ts';
import { JobResults, readCommand, readCommandLine } from './job-commands.ts';
import type { JobCommand } from './job-commands.ts';
import { JobFiles } from './job-files.ts';
import { environment, shellLines, withPaths } from './job-program.ts';
import type { ProgramSpec } from './job-program.ts';
import { keepLease } from './lease.ts';
import { LogShipper } from './log-shipper.ts';
import { Masker, SECRET_CHARS_MIN } from './masking.ts';
import { OutputLines } from './output-lines.ts';
import { persist } from './retry.ts';
import { ServerError } from './server.ts';
import type { Server } from './server.ts';
import { SharedWorkspace } from './shared-workspace.ts';
import type { Ending, OutputName, TaskRunner } from './task-runners/task-runner.ts';
import { Workspace } from './workspace.ts';

/** Why an attempt ends before its program does. */
export type StopReason = CancelReason | 'shutdown' | 'lost';

export interface AttemptOptions {
  server: Server;
  times: RunnerTimes;
  /** Where workspaces are made. */
  directory: string;
  /** The directory that this job keeps for others, or the one that it runs in. */
  shared?: SharedWorkspace;
  /** What this runner runs, and with what. */
  taskRunners: ReadonlyMap<TaskRunnerType, { runner: TaskRunner; warning?: string }>;
  onDrain(): void;
}

/** The largest argument that Linux takes is 128 KB. */
const ARGUMENT_BYTES_MAX = 100_000;

type JobOutcome = Pick<CompleteJob, 'state' | 'message'> & { outputs?: JsonObject };

export class Attempt {
  readonly job: ClaimedJob;
  readonly #options: AttemptOptions;
  readonly #masker: Masker;
  readonly #logs: LogShipper;
  readonly #results = new JobResults();
  readonly #lineCounts = { stdout: 0, stderr: 0 };
  /** Ends the program; its reason is the StopReason that came first. */
  readonly #stop = new AbortController();
  /** Ends what is left to send, once nothing may be sent. */
  readonly #lost = new AbortController();
  readonly #kept = new SharedWorkspace(this.#stop.signal);

  constructor(job: ClaimedJob, options: AttemptOptions) {
    this.job = job;
    this.#options = options;
    this.#masker = new Masker(job.secrets);
    this.#logs = new LogShipper((first, ndjson) => this.#sendLogs(first, ndjson));
  }

  stop(reason: StopReason): void {
    if (reason === 'lost') this.#lost.abort();
    if (!this.#stop.signal.aborted) this.#stop.abort(reason);
  }

  /** The tasks in the directory that this job keeps are over. */
  close(end: WorkspaceEnd): void {
    this.#kept.close(end);
  }

  /** The directory that this job keeps, for the jobs that run in it. */
  get kept(): SharedWorkspace {
    return this.#kept;
  }

  /** Settles when nothing is left of the job here. Answers how it ended, for the runner's own log. */
  async run(): Promise<string> {
    const done = new AbortController();
    const { server, times, onDrain } = this.#options;
    let lostBecause = '';
    const lease = keepLease(
      server,
      this.job,
      times,
      {
        cancelled: (reason) => this.stop(reason),
        lost: (why) => {
          lostBecause = why;
          this.stop('lost');
        },
        closed: (end) => this.close(end),
        drain: onDrain,
      },
      done.signal,
    );
    try {
      const outcome = await this.#outcome();
      if (this.#lost.signal.aborted) return `lost: ${lostBecause}`;
      if (outcome.message !== undefined) this.#log('ERROR', outcome.message);
      await this.#logs.close();
      await this.#complete(outcome);
      return outcome.state + (outcome.message === undefined ? '' : `: ${outcome.message}`);
    } catch (error) {
      return `not reported: ${messageOf(error)}`;
    } finally {
      done.abort();
      await lease;
    }
  }

  get #reason(): StopReason | null {
    const { signal } = this.#stop;
    return signal.aborted ? (signal.reason as StopReason) : null;
  }

  async #outcome(): Promise<JobOutcome> {
    const { secrets, workspace } = this.job;
    const short = secrets.filter((secret) => secret !== '' && secret.length < SECRET_CHARS_MIN).length;
    if (short > 0)
      this.#log(
        'WARN',
        `${short} of the secrets have fewer than ${SECRET_CHARS_MIN} characters and cannot be hidden in logs.`,
      );
    try {
      return workspace === undefined ? await this.#inOwnWorkspace() : await this.#inSharedWorkspace();
    } catch (error) {
      return this.#stopped() ?? { state: 'FAILED', message: this.#masker.mask(messageOf(error)) };
    }
  }

  async #inOwnWorkspace(): Promise<JobOutcome> {
    const { directory } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return this.#work(await Workspace.create(join(directory, this.#name)));
  }

  async #inSharedWorkspace(): Promise<JobOutcome> {
    const { shared } = this.#options;
    if (shared === undefined) throw new Error('the directory that the task was to run in is not on this runner');
    const end = () => this.stop(shared.stopped.reason === 'lost' ? 'kill' : (shared.stopped.reason as StopReason));
    if (shared.stopped.aborted) end();
    shared.stopped.addEventListener('abort', end);
    try {
      return await shared.use(async (workspace) => this.#work(await workspace.within(this.#name)));
    } finally {
      shared.stopped.removeEventListener('abort', end);
    }
  }

  get #name(): string {
    return `${this.job.jobId}-${this.job.fence}`;
  }

  /** Leaves nothing of the workspace. */
  async #work(workspace: Workspace): Promise<JobOutcome> {
    const { spec } = this.job;
    const files = new JobFiles(this.#options.server, this.job, workspace, this.#stop.signal);
    try {
      switch (spec.work.kind) {
        case 'files':
          return await this.#moveFiles(files);
        case 'workspace':
          return await this.#keepWorkspace(workspace, files, spec.work.cache);
        case 'script':
        case 'commands':
          return await this.#runScript(workspace, files, { ...spec, work: spec.work });
      }
    } finally {
      await workspace
        .remove()
        .catch((error: unknown) => this.#log('WARN', `The workspace cannot be removed: ${messageOf(error)}`));
    }
  }

  async #moveFiles(files: JobFiles): Promise<JobOutcome> {
    const { spec } = this.job;
    await files.prepare(spec);
    return { state: 'SUCCESS', outputs: { uris: await files.collect(spec) } };
  }

  /** The jobs in the directory find what this one has put there, and leave what it keeps. */
  async #keepWorkspace(workspace: Workspace, files: JobFiles, cache: WorkspaceCache | undefined): Promise<JobOutcome> {
    const { spec } = this.job;
    try {
      if (cache && (await restoreCache(cache, workspace, files))) this.#log('DEBUG', 'The cached files are restored.');
      await files.prepare(spec);
    } catch (error) {
      this.#kept.fail(this.#masker.mask(messageOf(error)));
      throw error;
    }
    this.#kept.open(workspace);
    const end = await this.#kept.closed;
    await this.#kept.empty();
    if (end === null) return this.#stopped() ?? { state: 'FAILED' };
    const outputFiles = await files.collect(spec);
    if (cache && end === 'SUCCESS') this.#log('DEBUG', `${await saveCache(cache, workspace, files)} files are cached.`);
    return { state: 'SUCCESS', outputs: { outputFiles } };
  }

  async #runScript(workspace: Workspace, files: JobFiles, asked: ProgramSpec): Promise<JobOutcome> {
    const type = asked.taskRunner?.type ?? 'process';
    const able = this.#options.taskRunners.get(type);
    if (able === undefined) return { state: 'FAILED', message: REFUSALS[type] };
    if (able.warning !== undefined) this.#log('WARN', able.warning);
    const { signal } = this.#stop;
    const spec = withPaths(asked, workspace, await files.prepare(asked));
    const argv = await argumentsOf(spec, workspace);
    const env = environment(spec, workspace, workspace.resultsFile);
    const ending = await this.#runProgram(able.runner, {
      ...{ argv, env, workingDir: workspace.workingDir, root: workspace.root, name: this.#name },
      ...(spec.containerImage !== undefined && { image: spec.containerImage }),
      options: spec.taskRunner?.options ?? {},
    });
    this.#readResults(await workspace.readResults());
    if (this.#lost.signal.aborted) return { state: 'FAILED' };
    // A stopped program may have left files that explain why; what it can no longer give must not hold up the end.
    const outputFiles = signal.aborted ? {} : await files.collect(spec);
    const outputs: JobOutputs = {
      exitCode: ending.exitCode,
      vars: this.#results.vars(),
      outputFiles,
      stdOutLineCount: this.#lineCounts.stdout,
      stdErrLineCount: this.#lineCounts.stderr,
    };
    const verdict = this.#stopped() ?? verdictOn(ending, spec, this.#lineCounts.stderr);
    return { ...verdict, outputs: jsonOf(outputs) };
  }

  /** The outcome of a job that was ended from outside. */
  #stopped(): JobOutcome | null {
    switch (this.#reason) {
      case null:
        return null;
      case 'kill':
        return { state: 'KILLED' };
      case 'timeout':
        return { state: 'FAILED', message: 'The task ran longer than its timeout allows.' };
      case 'shutdown':
        return { state: 'RELEASED' };
      case 'lost':
        return { state: 'FAILED' };
    }
  }

  async #runProgram(runner: TaskRunner, program: Parameters<TaskRunner['run']>[0]): Promise<Ending> {
    const lines = { stdout: new OutputLines(), stderr: new OutputLines() };
    const { timeoutMs } = this.job;
    const timer =
      timeoutMs === undefined ? undefined : setTimeout(() => this.stop('timeout'), Math.min(timeoutMs, TIMER_MS_MAX));
    const take = (name: OutputName, texts: string[]) => texts.forEach((text) => this.#takeLine(name, text));
    try {
      return await runner.run(program, (name, bytes) => take(name, lines[name].push(bytes)), this.#stop.signal);
    } finally {
      clearTimeout(timer);
      take('stdout', lines.stdout.end());
      take('stderr', lines.stderr.end());
    }
  }

  #takeLine(name: OutputName, line: string): void {
    this.#lineCounts[name]++;
    const command = readCommandLine(line);
    if (command === null) this.#log(name === 'stdout' ? 'INFO' : 'ERROR', line);
    else this.#takeCommand(command, 'A line ::{…}:: of the output');
  }

  #readResults(text: string): void {
    for (const [n, line] of text.split('\n').entries()) {
      if (line.trim() !== '') this.#takeCommand(readCommand(line), `Line ${n + 1} of $RONDO_OUTPUT`);
    }
  }

  #takeCommand(command: Result<JobCommand, string>, where: string): void {
    if (!command.ok) return this.#log('WARN', `${where} is ignored: ${command.error}`);
    this.#results.add(command.value);
    for (const { level, message } of command.value.logs) this.#log(level, message);
  }

  #log(level: LogLevel, message: string): void {
    this.#logs.add(level, this.#masker.mask(message));
  }

  async #sendLogs(first: number, ndjson: string): Promise<void> {
    const { jobId, fence, token } = this.job;
    const request = { token, query: { fence, sequence: first }, body: ndjson, contentType: 'application/x-ndjson' };
    const send = () => this.#options.server.send('POST', `runs/${jobId}/logs`, request);
    // Refused for good: the lease is lost, and the heartbeat says so too.
    await persist(send, this.#lost.signal).catch(() => undefined);
  }

  async #complete({ state, outputs, message }: JobOutcome): Promise<void> {
    const { jobId, fence, token } = this.job;
    const result = {
      fence,
      state,
      outputs: maskedJson(outputs ?? {}, this.#masker),
      metrics: this.#results.metrics.map((metric) => ({ ...metric, tags: this.#maskedTags(metric.tags ?? {}) })),
      message: message === undefined ? undefined : this.#masker.mask(message).slice(0, LOG_MESSAGE_CHARS_MAX),
    };
    let body = stringifyJson(result);
    if (Buffer.byteLength(body) > RUNNER_RESULT_BYTES_MAX) {
      const tooLarge = `The outputs of the task have more than ${RUNNER_RESULT_BYTES_MAX} bytes. Put large values into files.`;
      const kept = {
        ...(outputs?.exitCode !== undefined && { exitCode: outputs.exitCode }),
        outputFiles: {},
        vars: {},
      };
      body = stringifyJson({
        fence,
        state: state === 'SUCCESS' || state === 'WARNING' ? 'FAILED' : state,
        outputs: kept,
        message: tooLarge,
      });
      this.#log('ERROR', tooLarge);
      await this.#logs.close();
    }
    await persist(
      () => this.#options.server.send('POST', `runs/${jobId}/complete`, { token, body }),
      this.#lost.signal,
    );
  }

  #maskedTags(tags: Record<string, string>): Record<string, string> {
    return Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, this.#masker.mask(value)]));
  }
}

/** Beyond it a timer of Node fires at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

async function argumentsOf(spec: ProgramSpec, workspace: Workspace): Promise<[string, ...string[]]> {
  const { work } = spec;
  const script = work.kind === 'script' ? await workspace.writeScript(work.script, work.extension) : '';
  const lines = shellLines(spec, script);
  const argv =
    lines === null && work.kind === 'script'
      ? [...work.program, script]
      : [...spec.interpreter, await short(lines ?? '', workspace)];
  const [file = '', ...rest] = argv;
  return [file, ...rest];
}

/** Lines that are too long for an argument are read by the shell from a file. */
async function short(lines: string, workspace: Workspace): Promise<string> {
  return Buffer.byteLength(lines) > ARGUMENT_BYTES_MAX ? `. '${await workspace.writeLines(lines)}'` : lines;
}

function verdictOn({ exitCode, error }: Ending, spec: JobSpec, stdErrLines: number): JobOutcome {
  if (exitCode !== 0) return { state: 'FAILED', message: error ?? `The command ended with exit code ${exitCode}.` };
  return { state: spec.warningOnStdErr && stdErrLines > 0 ? 'WARNING' : 'SUCCESS' };
}

const REFUSALS: Readonly<Record<TaskRunnerType, string>> = {
  process: 'This runner does not run processes: start it with --allow-process, or use a runner that does.',
  docker:
    'This runner has no container engine: use taskRunner core.runner.Process, or start it with --docker-as-process.',
  bubblewrap: 'This runner has no sandboxes: start it with --bubblewrap, or use a runner that does.',
};

function jsonOf({ vars, ...rest }: JobOutputs): JsonObject {
  return { ...rest, vars: vars as Json };
}

/** The value with every text in it masked, names included. */
function maskedJson(value: Json, masker: Masker): Json {
  if (typeof value === 'string') return masker.mask(value);
  if (Array.isArray(value)) return value.map((item) => maskedJson(item, masker));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [masker.mask(name), maskedJson(item, masker)]));
}

function messageOf(error: unknown): string {
  if (error instanceof ServerError) return `${error.message}${error.code === '' ? '' : ` (${error.code})`}`;
  return error instanceof Error ? error.message : String(error);
}
