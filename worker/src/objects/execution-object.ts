/** A shard of one tenant's executions: it stores, wakes and acts; every decision is the engine's.
 *   O1. Turns of one execution come one after the other; those of different executions do not wait for each other.
 *   O2. A turn is one transaction: state, outbox, log lines, the news for the index, the alarm. Effects are performed after it.
 *   O3. An event that the engine cannot fold is kept, its execution is quarantined, its neighbours go on.
 *   O4. What a crash interrupted is taken up by the first call or alarm after it. */
import { DurableObject } from 'cloudflare:workers';
import { flowAt } from '../db/compiled-flows.ts';
import { Chunks } from '../engine/chunks.ts';
import { encodeExecution } from '../engine/codec.ts';
import type { EncodedExecution } from '../engine/codec.ts';
import { scopeFor } from '../engine/context.ts';
import type { Surroundings } from '../engine/context.ts';
import type { Effect, LogLine } from '../engine/effect.ts';
import type { ExecutionCreated, ExecutionEvent } from '../engine/event.ts';
import type { Execution, TaskRun } from '../engine/execution.ts';
import { moved } from '../engine/fold.ts';
import { inlineExecutor } from '../engine/inline.ts';
import { replayFrom, replayProblem, restartTargets } from '../engine/reopen.ts';
import { isInline, takeTurn } from '../engine/turn.ts';
import type { InlineEffect, InlineExecutor, Turn, TurnStart } from '../engine/turn.ts';
import { executionView } from '../engine/view.ts';
import { configOf } from '../env.ts';
import type { Env } from '../env.ts';
import type { ErrorCode, ErrorData } from '../errors.ts';
import { renderText } from '../expression/render.ts';
import type { MaybePromise, Services } from '../expression/services.ts';
import type { Flow } from '../flow/flow.ts';
import { isExecutionId } from '../ids.ts';
import type { ExecutionId } from '../ids.ts';
import {
  ALARM_LATE_MS_MAX,
  EXECUTIONS_CACHED_MAX,
  LOG_ENTRIES_PER_READ_MAX,
  OUTBOX_TIDY_MS,
  OUTBOX_WATCH_MS,
  TIMERS_PER_ALARM_MAX,
  WAIT_MS_MAX,
} from '../limits.ts';
import { parseJson, stringifyJson } from '../protocol/json.ts';
import type { JsonObject } from '../protocol/json.ts';
import { maskSecrets } from '../protocol/mask.ts';
import type { FactsMessage } from '../protocol/fact.ts';
import type { JobMetric, JobStart, RunnerLogEntry } from '../protocol/runner.ts';
import { isTerminalState } from '../protocol/states.ts';
import type { State } from '../protocol/states.ts';
import { assert, fail, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { ExecutionFiles } from '../storage.ts';
import { Tenant } from '../tenant.ts';
import type { TenantRecord } from '../tenant.ts';
import { eventOf, findTaskRun } from './actions.ts';
import type { Action } from './actions.ts';
import type { AttemptRef, ExecutionPort } from './execution-port.ts';
import { eraseObject } from './erase-object.ts';
import { executionServices, relatedTo } from './execution-services.ts';
import { Journal } from './journal.ts';
import type { LineSource, StoredLine, StoredMetric } from './journal.ts';
import { Lanes } from './lanes.ts';
import {
  answeredBy,
  decode,
  effectKey,
  HIDDEN,
  isOver,
  nextTimerAt,
  rests,
  revive,
  secretInputs,
  shownInputs,
  turnRecord,
} from './live-execution.ts';
import type { LiveExecution } from './live-execution.ts';
import { isAsked, logEntry, metricEntry, splitLine } from './log-view.ts';
import type { LogQuery } from './log-view.ts';
import { chain } from '../protocol/maybe-promise.ts';
import { factOf, isNews, News } from './news.ts';
import { Outside } from './outside.ts';
import { childId } from './perform.ts';
import { Watchers } from './watchers.ts';
import type { LogItem, Sighting } from './watchers.ts';

/** An answer that crosses RPC, where error classes do not survive. */
export type Answer<T> = Result<T, ErrorData>;

export interface CreateRequest {
  tenant: TenantRecord;
  /** JSON text of an ExecutionCreated. */
  event: string;
  /** The id was drawn for this start: no other can have made it. */
  isNew?: boolean;
  /** Answer when it has ended or waits for a person. */
  wait?: boolean;
  url?: string;
}

/** What comes with an event: lines and metrics of the attempt that it ends, effects that it settles. */
export interface Extra {
  lines?: readonly StoredLine[];
  metrics?: readonly StoredMetric[];
  settled?: string;
}

export interface RemoveOptions {
  evenWhileRunning: boolean;
  /** Its files too. */
  files: boolean;
}

/** What a replay takes over. */
export type Replay = Pick<
  ExecutionCreated,
  | 'namespace'
  | 'flowId'
  | 'flowRevision'
  | 'inputs'
  | 'labels'
  | 'trigger'
  | 'originalId'
  | 'parentId'
  | 'kind'
  | 'originalCreatedAt'
> & { replay?: JsonObject };

const TENANT = 'tenant';

export class ExecutionObject extends DurableObject<Env> implements ExecutionPort {
  /** A seam: a test sets the clock. */
  now: () => number = () => Date.now();

  readonly #journal: Journal;
  readonly #news: News;
  readonly #outside: Outside;
  readonly #lanes = new Lanes<ExecutionId>();
  readonly #watchers = new Watchers();
  /** The order is that of use. */
  readonly #live = new Map<ExecutionId, LiveExecution>();
  /** Executions whose outbox is shorter in memory than in its row. */
  readonly #untidy = new Set<ExecutionId>();
  #tidying: ReturnType<typeof setTimeout> | undefined;
  #tenant: Tenant | undefined;
  #alarmAt = Infinity;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#journal = new Journal(ctx.storage);
    this.#news = new News(this.#journal, {
      tenant: () => this.#requireTenant().record,
      send: async (message) => {
        await env.FACTS.send(message);
        await this.#tellScheduler(message);
      },
      fact: (id) => this.#fact(id),
    });
    this.#outside = new Outside({
      edge: ctx.exports.EdgeTasks,
      objectId: ctx.id.toString(),
      tenant: () => this.#requireTenant(),
      now: () => this.now(),
      surroundings: () => this.#surroundings(),
      services: (live) => this.#services(live, () => live.execution, []),
      servicesFor: (flow, id) => this.#servicesFor(flow, id),
      dispatch: async (id, event, extra) => void (await this.#dispatch(id, event, extra)),
      settle: (id, key) => this.#settle(id, key),
      append: (live, lines) => this.#append(live, lines),
    });
    const record = this.#journal.read(TENANT);
    if (record !== undefined) this.#tenant = new Tenant(env, JSON.parse(record) as TenantRecord);
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmAt = (await ctx.storage.getAlarm()) ?? Infinity;
      this.#arm(this.#journal.nextTimerAt() ?? Infinity);
    });
    if (record !== undefined) ctx.waitUntil(this.#takeUp());
  }

  // Starting and steering.

  async create({ tenant, event: text, isNew, wait, url }: CreateRequest): Promise<Answer<string>> {
    this.#adopt(tenant);
    const event = readCreated(text);
    const begun = await this.#lanes.run(event.id, () =>
      chain(isNew ? undefined : this.#find(event.id), (live) => live ?? this.#begin(event)),
    );
    if (begun === undefined) {
      return failure(
        'not_found',
        `Flow ${event.namespace}.${event.flowId} has no revision ${event.flowRevision} that can be run.`,
      );
    }
    const [live, first] = 'live' in begun ? [begun.live, begun.first] : [begun, begun.execution];
    if (wait) await this.#rest(live);
    return ok(this.#view(live, wait ? live.execution : first, url));
  }

  /** `action` is the JSON text of an Action. The answer shows the execution as the action left it. */
  async act(id: ExecutionId, action: string): Promise<Answer<string>> {
    return this.#lanes.run(id, () =>
      chain(this.#find(id), (live): MaybePromise<Answer<string>> => {
        if (live === undefined) return notFound(id);
        const event = eventOf(parseJson(action) as unknown as Action, live.flow, live.execution, this.now());
        if (!event.ok) return event;
        if (event.value.type === 'execution.forced' && live.flow.concurrency) this.ctx.waitUntil(this.#forceSlot(live));
        return chain(this.#take(live, { event: event.value }), (first) => ok(this.#view(live, first)));
      }),
    );
  }

  /** Who is forced to run holds a slot beyond the limit, and waits for none any more. */
  async #forceSlot({ id, flow }: LiveExecution): Promise<void> {
    const tenant = this.#requireTenant();
    await tenant.flow(flow.namespace, flow.id).force(tenant.record, id);
  }

  /** The index may know of it still. */
  #forgotten(id: ExecutionId): void {
    if (this.#tenant === undefined) return;
    this.#news.add(id);
    this.#news.soon();
  }

  async dispatch(executionId: string, eventJson: string): Promise<boolean> {
    if (!isExecutionId(executionId)) return false;
    return this.#dispatch(executionId, parseJson(eventJson) as unknown as ExecutionEvent);
  }

  /** An execution that one of ours started has ended. It may be quicker than the news that it has begun. */
  async childEnded(id: ExecutionId, text: string): Promise<void> {
    const told = parseJson(text) as unknown as ChildEnded;
    const live = await this.#find(id);
    const run = live?.execution.taskRuns.at(told.taskRun);
    if (live === undefined || run === undefined) return;
    const { taskRun, attempt, item, child: executionId, state } = told;
    if (!isKnownChild(run, executionId)) {
      if ((await childId(this.#requireTenant(), id, taskRun, attempt, item)) !== executionId) return;
      const about = { taskRun, attempt, ...(item !== undefined && { item }) };
      await this.#dispatch(id, { type: 'child.started', at: this.now(), ...about, executionId });
    }
    const outputs = told.outputs ?? (await this.#legacyOutputs(told, run));
    await this.#dispatch(id, {
      type: 'child.ended',
      at: this.now(),
      taskRun,
      executionId,
      state,
      ...(outputs && { outputs }),
    });
  }

  /** What a replay, from a task run or from the beginning, takes over; JSON text of a Replay. */
  async replay(
    id: ExecutionId,
    from: { taskRunId?: string; flowRevision?: number; restarts?: boolean },
  ): Promise<Answer<string>> {
    const live = await this.#find(id);
    if (live === undefined) return notFound(id);
    const { execution } = live;
    const flowRevision = from.flowRevision ?? execution.flowRevision;
    const flow =
      flowRevision === execution.flowRevision
        ? live.flow
        : await flowAt(this.#requireTenant(), { ...execution, flowRevision });
    if (flow === undefined) return failure('not_found', `The flow has no revision ${flowRevision} that can be run.`);
    const index = from.restarts
      ? restartTargets(live.flow, execution)[0]
      : from.taskRunId && findTaskRun(execution, from.taskRunId)?.index;
    if (from.restarts && index === undefined)
      return failure('invalid_parameter', 'No task found to restart execution from!');
    if (from.taskRunId !== undefined && index === undefined) {
      return failure('not_found', `The execution ${id} has no task run ${from.taskRunId}.`);
    }
    const problem = typeof index === 'number' ? replayProblem(flow, execution, index) : undefined;
    if (problem !== undefined) return failure('invalid_parameter', problem);
    const { namespace, flowId, inputs, labels, trigger, originalId, originalCreatedAt, kind } = execution;
    const replay: Replay = {
      ...{ namespace, flowId, flowRevision, inputs, labels: [...labels], originalId, originalCreatedAt, parentId: id },
      ...(trigger && { trigger }),
      ...(kind && { kind }),
    };
    if (typeof index !== 'number') return ok(stringifyJson(replay));
    const { taskRuns, ...kept } = replayFrom(flow, execution, index, this.now());
    return ok(stringifyJson({ ...replay, replay: { ...kept, taskRuns: [...taskRuns] } }));
  }

  /** Removes the execution, its log and, when asked to, its files. What it has outside is stopped, and who waits for it is told. */
  async remove(id: ExecutionId, { evenWhileRunning, files }: RemoveOptions): Promise<Answer<null>> {
    const removed = await this.#lanes.run(id, () =>
      chain(this.#find(id), (live): MaybePromise<Answer<LiveExecution>> => {
        if (live === undefined) {
          this.#forgotten(id);
          return notFound(id);
        }
        if (!isOver(live.execution) && !evenWhileRunning) {
          return failure(
            'illegal_state',
            `The execution ${id} has not ended (${live.execution.state.current}); kill it first.`,
          );
        }
        if (isTerminalState(live.execution.state.current)) return ok(this.#delete(live));
        const event = { type: 'execution.quarantined', at: this.now(), message: 'The execution is deleted' } as const;
        return chain(this.#take(live, { event }), () => ok(this.#delete(live)));
      }),
    );
    if (!removed.ok) return removed;
    const { namespace, id: flowId } = removed.value.flow;
    if (files)
      await new ExecutionFiles(this.#requireTenant().files, { namespace, flowId, executionId: id }).deleteAll();
    return ok(null);
  }

  #delete(live: LiveExecution): LiveExecution {
    const { id } = live;
    this.#outside.stopAll(id);
    this.#journal.transaction(() => {
      this.#journal.delete(id);
      this.#news.add(id);
    });
    this.#live.delete(id);
    this.#watchers.dismiss(id);
    this.#news.soon();
    return live;
  }

  /** Its tenant is deleted: nothing of it goes on. */
  async erase(): Promise<void> {
    await eraseObject(this.ctx);
  }

  // Looking.

  async view(id: ExecutionId): Promise<string | undefined> {
    const live = await this.#find(id);
    return live && this.#view(live, live.execution);
  }

  /** Those that are here, in the order of the ids. */
  async views(ids: ExecutionId[]): Promise<string[]> {
    const views = await Promise.all(ids.map((id) => this.view(id)));
    return views.filter((view) => view !== undefined);
  }

  /** Those of the executions that an action (JSON text) cannot be done to, and why. */
  async refusals(ids: ExecutionId[], action: string): Promise<{ id: ExecutionId; message: string }[]> {
    const wanted = parseJson(action) as unknown as Action;
    const found = await Promise.all(ids.map((id) => this.#find(id)));
    return found.flatMap((live, n) => {
      const id = ids[n];
      if (id === undefined) return [];
      const answer = live === undefined ? notFound(id) : eventOf(wanted, live.flow, live.execution, this.now());
      return answer.ok ? [] : [{ id, message: answer.error.message }];
    });
  }

  /** The states of executions, for actions on many; undefined for those that are not here. */
  async states(ids: ExecutionId[]): Promise<(State | undefined)[]> {
    const found = await Promise.all(ids.map((id) => this.#find(id)));
    return found.map((live) => live?.execution.state.current);
  }

  /** The revision it runs, and the task runs that wait for a person. */
  async place(id: ExecutionId): Promise<ExecutionPlaceView | undefined> {
    const live = await this.#find(id);
    if (live === undefined) return undefined;
    const { execution } = live;
    const { namespace, flowId, flowRevision, state, taskRuns } = execution;
    const paused = [...taskRuns].find((run) => !run.removed && run.state.current === 'PAUSED');
    return {
      ...{ namespace, flowId, flowRevision, state: state.current, related: relatedTo(execution) },
      ...(paused && { pausedTaskId: paused.taskId }),
    };
  }

  /** The execution itself, for a reader that renders with its variables; texts of `encodeExecution`. */
  async snapshot(id: ExecutionId): Promise<EncodedExecution | undefined> {
    const live = await this.#find(id);
    return live && encodeExecution(live.execution);
  }

  async wait(id: ExecutionId, ms: number): Promise<string | undefined> {
    const live = await this.#find(id);
    if (live === undefined) return undefined;
    await this.#rest(live, ms);
    return this.#view(live, live.execution);
  }

  async follow(id: ExecutionId): Promise<ReadableStream<Uint8Array> | undefined> {
    const live = await this.#find(id);
    return live && this.#watchers.follow(this.#sighting(live));
  }

  /** JSON text of a list of entries, the oldest first. */
  async logs(id: ExecutionId, query: LogQuery): Promise<string | undefined> {
    const live = await this.#find(id);
    if (live === undefined) return undefined;
    const entries: JsonObject[] = [];
    for (const line of this.#journal.lines(id)) {
      if (!isAsked(live.execution, line, query)) continue;
      entries.push(logEntry(live.execution, line));
      if (entries.length === LOG_ENTRIES_PER_READ_MAX) break;
    }
    return stringifyJson(entries);
  }

  /** The whole log as text, one line for each entry. */
  async logText(id: ExecutionId, query: LogQuery): Promise<string | undefined> {
    const live = await this.#find(id);
    if (live === undefined) return undefined;
    let text = '';
    for (const line of this.#journal.lines(id)) {
      if (isAsked(live.execution, line, query))
        text += `${new Date(line.at).toISOString()} ${line.level} ${line.message}\n`;
    }
    return text;
  }

  async followLogs(id: ExecutionId, query: LogQuery): Promise<ReadableStream<Uint8Array> | undefined> {
    const live = await this.#find(id);
    if (live === undefined) return undefined;
    const past = [...this.#journal.lines(id)].map((line) => logItem(live.execution, line));
    return this.#watchers.followLogs(id, past, ({ line }) => isAsked(live.execution, line, query));
  }

  async deleteLogs(id: ExecutionId): Promise<boolean> {
    if ((await this.#find(id)) === undefined) return false;
    this.#journal.deleteLog(id);
    return true;
  }

  async metrics(id: ExecutionId): Promise<string | undefined> {
    const live = await this.#find(id);
    return live && stringifyJson([...this.#journal.metrics(id)].map((metric) => metricEntry(live.execution, metric)));
  }

  /** Renders an expression as a task run, or the execution as a whole, would see it now; of secrets it sees nothing. */
  async evaluate(id: ExecutionId, expression: string, taskRunId?: string): Promise<Answer<string>> {
    const live = await this.#find(id);
    if (live === undefined) return notFound(id);
    const run = taskRunId === undefined ? undefined : findTaskRun(live.execution, taskRunId);
    if (taskRunId !== undefined && run === undefined)
      return failure('not_found', `The execution ${id} has no task run ${taskRunId}.`);
    // Whoever may look may ask; masking the answer alone would be undone by any filter that encodes.
    const shown = { ...live.execution, inputs: shownInputs(live.flow, live.execution.inputs) };
    const scope = scopeFor(live.flow, shown, run?.index, this.#surroundings());
    const services = this.#services(live, () => live.execution, []);
    const rendered = await renderText(expression, scope, { ...services, secret: async () => HIDDEN });
    if (rendered.ok) return ok(maskSecrets(rendered.value, live.secrets));
    return failure('invalid_body', maskSecrets(rendered.error.message, live.secrets));
  }

  // For runner groups.

  async startJob(attempt: AttemptRef, runnerId: string): Promise<JobStart> {
    const live = isExecutionId(attempt.executionId) ? await this.#find(attempt.executionId) : undefined;
    if (live === undefined) return { kind: 'over', reason: 'the execution is gone' };
    await this.#dispatch(live.id, {
      type: 'task.started',
      at: this.now(),
      taskRun: attempt.taskRun,
      attempt: attempt.attempt,
      workerId: runnerId,
    });
    const run = live.execution.taskRuns.at(attempt.taskRun);
    const last = run?.attempts.at(-1);
    if (run?.attempts.length !== attempt.attempt || last?.state.current !== 'RUNNING' || last.workerId !== runnerId) {
      return { kind: 'over', reason: `the attempt is ${last?.state.current ?? 'gone'}` };
    }
    const job = await this.#outside.renderJob(live, run);
    if (!job.ok) {
      await this.#outside.fail(live, run, attempt.attempt, job.error.message);
      return { kind: 'over', reason: 'its properties cannot be rendered' };
    }
    return {
      kind: 'start',
      spec: stringifyJson(job.value.spec),
      secrets: [...new Set([...job.value.secrets, ...secretInputs(live.flow, live.execution)])],
    };
  }

  async appendLogs(attempt: AttemptRef, firstSequence: number, entriesJson: string): Promise<number> {
    const { executionId: id, taskRun } = attempt;
    const live = isExecutionId(id) ? await this.#find(id) : undefined;
    const entries = JSON.parse(entriesJson) as RunnerLogEntry[];
    if (live === undefined) return firstSequence + entries.length;
    const source = `${taskRun}/${attempt.attempt}`;
    const expected = this.#journal.nextLine(live.id, source);
    const fresh = entries.slice(Math.max(0, expected - firstSequence));
    if (fresh.length === 0) return expected;
    const lines = fresh.map((entry): StoredLine => ({ ...entry, taskRun, attempt: attempt.attempt }));
    const missing = firstSequence - expected;
    if (missing > 0) {
      const message = `${missing} log lines of the runner are missing here`;
      lines.unshift({ at: this.now(), level: 'WARN', message, taskRun, attempt: attempt.attempt });
    }
    const next = firstSequence + entries.length;
    this.#append(live, lines, { attempt: source, next });
    return next;
  }

  async appendMetrics(attempt: AttemptRef, metricsJson: string): Promise<void> {
    const { executionId: id, taskRun } = attempt;
    const live = isExecutionId(id) ? await this.#find(id) : undefined;
    if (live === undefined) return;
    const at = this.now();
    const metrics = (JSON.parse(metricsJson) as JobMetric[]).map((metric): StoredMetric => ({
      ...metric,
      at,
      taskRun,
    }));
    this.#journal.appendLog({ id: live.id, lines: [], metrics });
  }

  // Waking.

  override async alarm(): Promise<void> {
    this.#alarmAt = Infinity;
    const at = this.now();
    if (this.#tenant === undefined) return;
    const told = this.#news.flush(); // timers do not wait for the index
    await this.#takeUp();
    const due = this.#journal.due(at, TIMERS_PER_ALARM_MAX);
    const fired = await Promise.allSettled(due.map((id) => this.#fireTimers(id, at)));
    for (const { reason } of fired.filter((one) => one.status === 'rejected'))
      console.error('a timer could not fire yet', reason);
    const isAnyLate = fired.some(({ status }) => status === 'rejected');
    this.#arm(Math.max(this.#journal.nextTimerAt() ?? Infinity, isAnyLate ? this.now() + OUTBOX_WATCH_MS : 0));
    await told;
    if (!this.#news.isEmpty || this.#journal.outside().length > 0) this.#arm(this.now() + OUTBOX_WATCH_MS);
  }

  /** The sweeper's knock: whatever is overdue is done now, alarm or not. The index takes these for unfinished: it is told of those
   *  that are over or gone, for its facts may have been lost, or have come in a wrong order; those that wait for a slot ask again. */
  async wake(tenant: TenantRecord, unfinished: ExecutionId[]): Promise<void> {
    this.#adopt(tenant);
    for (const id of unfinished) {
      const live = await this.#find(id);
      if (live === undefined || isOver(live.execution)) this.#news.add(id);
      else if (live.execution.state.current === 'QUEUED') this.#askForSlot(live);
    }
    await this.alarm();
  }

  /** Asking is harmless, however often: who has a slot is told so, who waits keeps its place. */
  #askForSlot(live: LiveExecution): void {
    const effect: Effect = { type: 'acquire-slot' };
    live.outbox.set(effectKey(effect), effect);
    this.#outside.perform(live, effect);
  }

  async #fireTimers(id: ExecutionId, at: number): Promise<void> {
    const live = await this.#find(id);
    const timer = live?.execution.timers.find((one) => one.at <= at);
    if (timer !== undefined) await this.#dispatch(id, { type: 'timer.fired', at, timer });
  }

  /** Performs what stands in outboxes and is not under way. */
  async #takeUp(): Promise<void> {
    for (const id of this.#journal.outside()) {
      try {
        const live = await this.#find(id);
        if (live !== undefined) this.#perform(live);
      } catch (error) {
        console.error(`execution ${id} could not be taken up yet`, error); // its neighbours can
      }
    }
  }

  // Turns.

  #begin(event: ExecutionCreated): MaybePromise<{ live: LiveExecution; first: Execution } | undefined> {
    return chain(flowAt(this.#requireTenant(), event), (flow) => {
      if (flow === undefined) return undefined;
      const draft = {
        id: event.id,
        flow,
        version: 0,
        outbox: new Map(),
        doubtful: new Set<string>(),
        secrets: secretInputs(flow, event),
      };
      return chain(this.#firstTurn(draft, event), (taken) => {
        const live: LiveExecution = { ...draft, execution: taken.execution };
        this.#commit(live, undefined, { event }, taken);
        this.#remember(live);
        return { live, first: taken.first };
      });
    });
  }

  /** What the engine cannot begin is there too, failed: whoever started it would start it again and again. */
  #firstTurn(draft: Pick<LiveExecution, 'id' | 'flow' | 'secrets'>, event: ExecutionCreated): MaybePromise<Turn> {
    const begin = (first: ExecutionCreated) =>
      takeTurn(draft.flow, null, { event: first }, this.#inline(draft, undefined));
    const quarantined = (error: unknown) => {
      const failed = this.#keepPoison(draft.id, { event }, error);
      return begin({ ...event, replay: undefined, failed });
    };
    try {
      const turn = begin(event);
      return turn instanceof Promise ? turn.catch(quarantined) : turn;
    } catch (error) {
      return quarantined(error);
    }
  }

  /** True when there is such an execution. */
  async #dispatch(id: ExecutionId, event: ExecutionEvent, extra: Extra = {}): Promise<boolean> {
    return this.#lanes.run(id, () =>
      chain(this.#find(id), (live) => live !== undefined && chain(this.#take(live, { event }, extra), () => true)),
    );
  }

  /** The execution as the event itself left it. Only inside its lane. */
  #take(live: LiveExecution, start: TurnStart, extra: Extra = {}): MaybePromise<Execution> {
    return chain(this.#turn(live, start), (turn) => {
      const before = live.execution;
      if (turn.execution === before && turn.logs.length === 0 && turn.effects.length === 0) {
        this.#nothingChanged(live, start, extra);
        return before;
      }
      live.execution = turn.execution;
      this.#commit(live, before, start, turn, extra);
      return turn.first;
    });
  }

  /** The engine ignored the event: an answer that came too late. What came with it is nobody's any more. */
  #nothingChanged(live: LiveExecution, start: TurnStart, { settled }: Extra): void {
    const answered = 'event' in start ? answeredBy(start.event) : undefined;
    for (const key of [answered, settled]) if (key !== undefined) this.#settle(live.id, key);
  }

  #turn(live: LiveExecution, start: TurnStart): MaybePromise<Turn> {
    const quarantined = (error: unknown) => this.#quarantine(live, start, error);
    try {
      const turn = takeTurn(live.flow, live.execution, start, this.#inline(live, live.execution));
      return turn instanceof Promise ? turn.catch(quarantined) : turn;
    } catch (error) {
      return quarantined(error);
    }
  }

  #quarantine(live: LiveExecution, start: TurnStart, error: unknown): MaybePromise<Turn> {
    const at = this.now();
    const message = this.#keepPoison(live.id, start, error);
    try {
      const event: ExecutionEvent = { type: 'execution.quarantined', at, message };
      return takeTurn(live.flow, live.execution, { event }, this.#inline(live, live.execution));
    } catch {
      const state = moved(live.execution.state, 'FAILED', at);
      const execution: Execution = { ...live.execution, state, timers: [], frame: undefined, ending: undefined };
      return { first: execution, execution, effects: [], logs: [{ at, level: 'ERROR', message }], metrics: [] };
    }
  }

  /** The event for whoever looks into it; the reason for the execution's log. */
  #keepPoison(id: ExecutionId, start: TurnStart, error: unknown): string {
    const message = `The engine could not go on with this execution: ${error instanceof Error ? error.message : String(error)}`;
    console.error(`execution ${id} is quarantined`, error);
    this.#journal.keepPoison(id, this.now(), stringifyJson(start), message);
    return message;
  }

  #commit(live: LiveExecution, before: Execution | undefined, start: TurnStart, turn: Turn, extra: Extra = {}): void {
    const at = this.now();
    const isNewsNow = isNews(before, live.execution);
    live.version++;
    settleOutbox(live, start, extra.settled);
    for (const effect of turn.effects) live.outbox.set(effectKey(effect), effect);
    if (isOver(live.execution)) this.#dropAttempts(live);
    const lines = this.#storable(live, [...(extra.lines ?? []), ...turn.logs]);
    const metrics = [...(extra.metrics ?? []), ...turn.metrics];
    try {
      this.#journal.transaction(() => {
        this.#journal.store(turnRecord(live));
        this.#journal.appendLog({ id: live.id, lines, ...(metrics.length > 0 && { metrics }) });
        if (isNewsNow) this.#news.add(live.id);
      });
    } catch (error) {
      this.#live.delete(live.id); // memory is ahead of the rows: read them again
      throw error;
    }
    live.stored = live.execution;
    this.#untidy.delete(live.id);
    this.#arm(nextTimerAt(live.execution) ?? Infinity);
    if (live.outbox.size > 0 || isNewsNow) this.#arm(at + OUTBOX_WATCH_MS);
    if (isNewsNow) this.#news.soon();
    if (lines.length > 0) this.#publishLines(live, lines);
    this.#watchers.publish(this.#sighting(live));
    this.#perform(live);
  }

  /** Starts what is in the outbox and not under way. */
  #perform(live: LiveExecution): void {
    const inline: InlineEffect[] = [];
    for (const effect of live.outbox.values()) {
      if (isInline(live.flow, live.execution, effect)) inline.push(effect);
      else this.#outside.perform(live, effect);
    }
    // A turn that was cut short goes on after the others had theirs.
    if (inline.length > 0) setTimeout(() => void this.#goOn(live.id), 0);
  }

  async #goOn(id: ExecutionId): Promise<void> {
    try {
      await this.#goOnInline(id);
    } catch (error) {
      console.error(`execution ${id} could not go on yet`, error); // the alarm finds it in its outbox
    }
  }

  #goOnInline(id: ExecutionId): MaybePromise<void> {
    return this.#lanes.run(id, () =>
      chain(this.#find(id), (live) => {
        const effects = [...(live?.outbox.values() ?? [])].filter(
          (effect): effect is InlineEffect => live !== undefined && isInline(live.flow, live.execution, effect),
        );
        if (live === undefined || effects.length === 0) return;
        return chain(this.#take(live, { effects, at: this.now() }), () => undefined);
      }),
    );
  }

  #dropAttempts(live: LiveExecution): void {
    for (const [key, effect] of live.outbox) {
      if (effect.type !== 'run-task' && effect.type !== 'start-child' && effect.type !== 'acquire-slot') continue;
      live.outbox.delete(key);
      this.#outside.stop(live.id, key, 'the execution has ended');
    }
  }

  /** An effect without an answer was performed. Rows are rewritten in a moment, unless a turn does so before. */
  #settle(id: ExecutionId, key: string): void {
    const live = this.#live.get(id);
    if (live?.outbox.delete(key) !== true) return;
    this.#untidy.add(id);
    if (this.#tidying === undefined) this.#tidying = setTimeout(() => this.#tidy(), OUTBOX_TIDY_MS);
  }

  #tidy(): void {
    this.#tidying = undefined;
    for (const id of this.#untidy) {
      const live = this.#live.get(id);
      if (live !== undefined) this.#journal.storeOutbox(id, [...live.outbox.values()], isOver(live.execution));
    }
    this.#untidy.clear();
  }

  /** An alarm that should have rung long ago is lost: whoever comes next sets it again. */
  #arm(at: number): void {
    const now = this.now();
    const isLost = this.#alarmAt < now - ALARM_LATE_MS_MAX;
    if (at >= this.#alarmAt && !isLost) return;
    this.#alarmAt = Math.min(at, isLost ? now : at);
    void this.ctx.storage.setAlarm(this.#alarmAt);
  }

  /** Triggers wait for executions that they have started, or listen to those of others. */
  async #tellScheduler({ facts, deleted }: FactsMessage): Promise<void> {
    const resting = facts.filter(({ state }) => isTerminalState(state) || state === 'PAUSED');
    if (resting.length === 0 && deleted.length === 0) return;
    const tenant = this.#requireTenant();
    await tenant.scheduler().executionsSeen(tenant.record, resting, deleted);
  }

  // Memory.

  #find(id: ExecutionId): MaybePromise<LiveExecution | undefined> {
    const known = this.#live.get(id);
    if (known !== undefined) {
      this.#live.delete(id);
      this.#live.set(id, known);
      return known;
    }
    const stored = this.#journal.load(id);
    if (stored === undefined) return undefined;
    const execution = decode(stored);
    return chain(flowAt(this.#requireTenant(), execution), (flow) => {
      // Somebody else may have read it meanwhile.
      const other = this.#live.get(id);
      if (other !== undefined) return other;
      const live = revive(id, flow ?? lostFlow(execution), execution, stored);
      this.#remember(live);
      return live;
    });
  }

  #remember(live: LiveExecution): void {
    this.#live.set(live.id, live);
    if (this.#live.size <= EXECUTIONS_CACHED_MAX) return;
    for (const [id, { outbox }] of this.#live) {
      if (outbox.size > 0 || this.#untidy.has(id) || this.#lanes.isBusy(id) || this.#watchers.isWatched(id)) continue;
      this.#live.delete(id);
      this.#journal.forget(id);
      if (this.#live.size <= EXECUTIONS_CACHED_MAX) break;
    }
  }

  #adopt(record: TenantRecord): void {
    const text = JSON.stringify(record);
    if (this.#tenant !== undefined && JSON.stringify(this.#tenant.record) === text) return;
    assert(this.#tenant === undefined || this.#tenant.key === record.key, 'a shard belongs to one tenant');
    this.#journal.write(TENANT, text);
    this.#tenant = new Tenant(this.env, record);
  }

  #requireTenant(): Tenant {
    assert(this.#tenant, 'the shard has been used');
    return this.#tenant;
  }

  // What turns and readers need.

  #inline(live: Pick<LiveExecution, 'id' | 'flow' | 'secrets'>, known: Execution | undefined): InlineExecutor {
    const said: LogLine[] = [];
    let current = known;
    const executor = inlineExecutor({
      services: this.#services(live, () => current, said),
      surroundings: () => this.#surroundings(),
    });
    return {
      perform: (flow, execution, effect) => {
        current = execution;
        return chain(executor.perform(flow, execution, effect), (answer) => {
          said.push(...answer.logs);
          return answer;
        });
      },
    };
  }

  /** `said`: lines of this turn, which are not stored yet. */
  #services(
    { id, flow, secrets }: Pick<LiveExecution, 'id' | 'flow' | 'secrets'>,
    current: () => Execution | undefined,
    said: readonly LogLine[],
  ): Services {
    return executionServices({
      tenant: this.#requireTenant(),
      config: configOf(this.env),
      namespace: flow.namespace,
      flowId: flow.id,
      executionId: id,
      now: () => this.now(),
      current,
      errorLogs: () => {
        const execution = current();
        if (execution === undefined) return [];
        const errors = [...this.#journal.lines(id), ...said].filter(({ level }) => level === 'ERROR');
        return errors.map((line) => logEntry(execution, line));
      },
      onSecret: (value) => void secrets.add(value),
    });
  }

  /** Services for what comes before an execution: its inputs. */
  #servicesFor(flow: Flow, id: ExecutionId): Services {
    return this.#services({ id, flow, secrets: new Set() }, () => undefined, []);
  }

  #surroundings(): Surroundings {
    const { url } = configOf(this.env);
    return { tenant: this.#requireTenant().id, variables: { kestra: { ...(url !== undefined && { url }) } } };
  }

  /** Cut to length, masked, and without what the task does not want logged. */
  #storable(live: LiveExecution, lines: readonly StoredLine[]): StoredLine[] {
    const masked =
      live.secrets.size === 0
        ? lines
        : lines.map((line) => ({ ...line, message: maskSecrets(line.message, live.secrets) }));
    return masked.flatMap(splitLine);
  }

  #append(live: LiveExecution, lines: readonly StoredLine[], source?: LineSource): void {
    const storable = this.#storable(live, lines);
    this.#journal.appendLog({ id: live.id, lines: storable, ...(source && { source }) });
    this.#publishLines(live, storable);
  }

  #publishLines(live: LiveExecution, lines: readonly StoredLine[]): void {
    this.#watchers.publishLog(live.id, () => lines.map((line) => logItem(live.execution, line)));
  }

  async #rest(live: LiveExecution, ms = WAIT_MS_MAX): Promise<void> {
    if (!rests(live.execution)) await this.#watchers.rest(live.id, ms);
  }

  #sighting(live: LiveExecution): Sighting {
    const { id, execution } = live;
    return { id, isOver: isOver(execution), rests: rests(execution), view: () => this.#view(live, execution) };
  }

  #view(live: LiveExecution, execution: Execution, url?: string): string {
    const view = executionView(live.flow, execution, {
      tenant: this.#requireTenant().id,
      now: this.now(),
      taskRuns: true,
      ...(url !== undefined && { url }),
    });
    return stringifyJson({ ...view, inputs: shownInputs(live.flow, execution.inputs) });
  }

  #fact(id: ExecutionId) {
    const known = this.#live.get(id);
    if (known !== undefined) return factOf(known.execution, known.version);
    const stored = this.#journal.load(id);
    return stored && factOf(decode(stored), stored.version);
  }

  /** What a Subflow task of an older flow asks of a child that declares no outputs itself. */
  async #legacyOutputs({ endedAs }: ChildEnded, { child }: TaskRun): Promise<JsonObject | undefined> {
    if (child?.plan.legacyOutputs === undefined) return undefined;
    const answer = await this.#requireTenant()
      .execution(endedAs)
      .render(endedAs, stringifyJson(child.plan.legacyOutputs));
    return answer.ok ? (parseJson(answer.value) as JsonObject) : undefined;
  }

  /** Renders a value with the variables of the execution; JSON text in and out. */
  async render(id: ExecutionId, value: string): Promise<Answer<string>> {
    const live = await this.#find(id);
    if (live === undefined) return notFound(id);
    const rendered = await this.#outside.render(live, undefined, parseJson(value));
    return rendered.ok ? ok(stringifyJson(rendered.value)) : failure('invalid_body', rendered.error.message);
  }
}

interface ChildEnded {
  taskRun: number;
  attempt: number;
  item?: number;
  /** As its caller knows it, and as it is: a retried one has another id. */
  child: ExecutionId;
  endedAs: ExecutionId;
  state: State;
  outputs?: JsonObject;
}

function isKnownChild({ child, children }: TaskRun, id: ExecutionId): boolean {
  return child?.executionId === id || children?.known[id] !== undefined;
}

export interface ExecutionPlaceView {
  namespace: string;
  flowId: string;
  flowRevision: number;
  state: State;
  /** Executions whose files it may read too. */
  related: string[];
  pausedTaskId?: string;
}

/** Written by `startExecution`, so it is trusted; the list of task runs becomes chunks again. */
function readCreated(text: string): ExecutionCreated {
  const event = parseJson(text) as unknown as ExecutionCreated & { replay?: { taskRuns: Iterable<TaskRun> } };
  if (event.replay === undefined) return event;
  return { ...event, replay: { ...event.replay, taskRuns: Chunks.of(event.replay.taskRuns) } };
}

function settleOutbox({ outbox }: LiveExecution, start: TurnStart, settled: string | undefined): void {
  if (settled !== undefined) outbox.delete(settled);
  if ('effects' in start) for (const effect of start.effects) outbox.delete(effectKey(effect));
  else {
    const key = answeredBy(start.event);
    if (key !== undefined) outbox.delete(key);
  }
}

function logItem(execution: Execution, line: StoredLine): LogItem {
  return { line, text: () => stringifyJson(logEntry(execution, line)) };
}

/** Stands for a revision that is gone: the execution can be looked at, and is quarantined when something happens to it. */
function lostFlow({ namespace, flowId, flowRevision }: Execution): Flow {
  return {
    ...{ id: flowId, namespace, revision: flowRevision, disabled: true, draft: false, variables: {} },
    ...{ labels: [], inputs: [], tasks: [], errors: [], finally: [], afterExecution: [], outputs: [], triggers: [] },
    ...{ pluginDefaults: [], sla: [], checks: [] },
  };
}

function notFound(id: string): Result<never, ErrorData> {
  return failure('not_found', `Execution ${id} not found`);
}

function failure(code: ErrorCode, message: string): Result<never, ErrorData> {
  return fail({ code, message, retryable: false });
}
