/** A tenant's triggers: those that follow the clock, those that look, and those that listen to other executions. It stores,
 *  wakes and acts; when a trigger fires is `schedule/`'s to say.
 *   S1. Turns of triggers come one after the other, and each is one transaction: state, start, next waking.
 *   S2. A start is performed after it was written, until it is answered; its execution id follows from the trigger and what
 *       fired it, so a tick is one execution whatever crashes.
 *   S3. Flows are read from the catalogue, never taken from a message: messages may be lost, late or out of order. */
import { DurableObject } from 'cloudflare:workers';
import { compiled, flowAt } from '../db/compiled-flows.ts';
import * as flows from '../db/flows.ts';
import * as schedulers from '../db/schedulers.ts';
import { configOf } from '../env.ts';
import type { Env } from '../env.ts';
import type { ErrorCode } from '../errors.ts';
import type { Flow, Label, Trigger } from '../flow/flow.ts';
import { triggerTypes } from '../flow/flow-reader.ts';
import { isExecutionId } from '../ids.ts';
import {
  SCHEDULER_RETRY_MS,
  TRIGGERS_PER_ALARM_MAX,
  TRIGGER_LOCK_CHECKED_MS,
  TRIGGER_STARTS_PER_TURN_MAX,
} from '../limits.ts';
import { parseJson, stringifyJson } from '../protocol/json.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { ExecutionFact } from '../protocol/fact.ts';
import { isTerminalState } from '../protocol/states.ts';
import { assert, fail, ok } from '../result.ts';
import { readFlowTrigger, windowEnd } from '../schedule/flow-trigger.ts';
import { NEW_SCHEDULE, wakeAt } from '../schedule/schedule-state.ts';
import {
  beginBackfill,
  disable,
  enable,
  endBackfill,
  pauseBackfill,
  begin,
  step,
  unlock,
} from '../schedule/schedule-step.ts';
import type { BackfillRequest, DatedRule, ScheduleStart } from '../schedule/schedule-step.ts';
import { readScheduleTrigger } from '../schedule/schedule-trigger.ts';
import { scheduleVariables } from '../schedule/schedule-variables.ts';
import { mergeLabels, renderLabels } from '../schedule/start-values.ts';
import { Tenant } from '../tenant.ts';
import type { TenantRecord } from '../tenant.ts';
import type { Answer } from './execution-object.ts';
import { FactSource, keyOf, listen, pathOf, windowClosed } from './flow-listeners.ts';
import type { TriggerTurn } from './flow-listeners.ts';
import type { EdgePort } from './edge-calls.ts';
import { poll, pollRule } from './polling/poll.ts';
import { SchedulerStore, STORED_KINDS } from './scheduler-store.ts';
import type { FlowKey, StoredKind, TriggerKey, TriggerLine, TriggerRow, TriggerState } from './scheduler-store.ts';
import { sourceTypes } from './source-triggers.ts';
import { performTriggerStart } from './trigger-start.ts';
import type { TriggerStart } from './trigger-start.ts';
import { flowWorld } from './trigger-world.ts';

const TENANT = 'tenant';
const ZONE = 'UTC';

export class SchedulerObject extends DurableObject<Env> {
  /** A seam: a test sets the clock. */
  now: () => number = () => Date.now();

  #store: SchedulerStore;
  readonly #edge: EdgePort;
  /** Rules of triggers by their definition: reading one again costs more than keeping it. */
  readonly #rules = new Map<string, { definition: string; revision: number; rule: DatedRule }>();
  readonly #performing = new Set<string>();
  #tenant: Tenant | undefined;
  #turns: Promise<unknown> = Promise.resolve();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = new SchedulerStore(ctx.storage);
    this.#edge = ctx.exports.EdgeTasks;
    const record = this.#store.read(TENANT);
    if (record !== undefined) this.#tenant = new Tenant(env, JSON.parse(record) as TenantRecord);
  }

  // What happens elsewhere.

  /** Before flows are written: should nothing be heard of them afterwards, they are read all the same. */
  async flowsChanging(tenant: TenantRecord, keys: FlowKey[]): Promise<void> {
    this.#adopt(tenant);
    this.#store.transaction(() => {
      for (const key of keys) this.#store.noteFlow(key);
    });
    await this.#arm();
  }

  /** After flows were saved, deleted, enabled or disabled. */
  async flowsChanged(tenant: TenantRecord, keys: FlowKey[]): Promise<void> {
    this.#adopt(tenant);
    await this.#serially(async () => {
      for (const key of keys) await this.#readFlow(key);
    });
    await this.#go();
  }

  /** Executions of the tenant that have reached a state; the same one may come again. */
  async executionsSeen(tenant: TenantRecord, facts: ExecutionFact[], deleted: string[] = []): Promise<void> {
    this.#adopt(tenant);
    await this.#serially(async () => {
      const isAnyListening = this.#store.ofKind('flow').length > 0;
      for (const fact of facts) {
        await this.#release(fact);
        if (isAnyListening) await this.#tellListeners(fact);
      }
      if (deleted.length > 0) await this.#freeLocks((lock) => deleted.includes(lock));
    });
    await this.#go();
  }

  override async alarm(): Promise<void> {
    await this.#go();
  }

  /** From the sweeper: whatever is overdue is done, the alarm stands again if it was lost, and no lock outlives its execution. */
  async poke(): Promise<void> {
    if (this.#tenant === undefined) return;
    await this.#serially(() => this.#checkLocks());
    await this.#go();
  }

  /** The tenant is deleted. */
  async erase(): Promise<void> {
    await this.#serially(async () => {
      this.#tenant = undefined;
      await this.ctx.storage.deleteAlarm();
      await this.ctx.storage.deleteAll();
      this.#rules.clear();
      this.#store = new SchedulerStore(this.ctx.storage);
    });
  }

  // What people do.

  // Rows cross as JSON text (`readRow`, `readRows`): exact numbers in inputs do not survive RPC as they are.

  async list(): Promise<string> {
    return stringifyJson(this.#store.all());
  }

  async ofFlow(key: FlowKey): Promise<string> {
    return stringifyJson(this.#store.ofFlow(key));
  }

  /** By a person or by `stopAfter`; what the source says is not looked at. */
  async isDisabled(key: TriggerKey): Promise<boolean> {
    return this.#store.find(key)?.state.disabled ?? false;
  }

  /** What it has complained about, the newest first; null when there is no such trigger. */
  async lines(key: TriggerKey): Promise<TriggerLine[] | null> {
    return this.#store.find(key) === undefined ? null : this.#store.lines(key);
  }

  async setDisabled(key: TriggerKey, disabled: boolean): Promise<Answer<string>> {
    return this.#change(key, async (row, now) => {
      if (row.state.disabled === disabled) return ok(row.state);
      if (disabled) return ok(disable(row.state));
      const rule = await this.#rule(row);
      return ok(rule === undefined ? { ...row.state, disabled } : await enable(rule, row.state, now));
    });
  }

  async unlock(key: TriggerKey): Promise<Answer<string>> {
    return this.#change(key, async (row, now) => {
      if (row.state.lock === undefined) return failure('illegal_state', `The trigger ${key.triggerId} is not locked.`);
      return ok(await this.#unlocked(row, now));
    });
  }

  /** As if the trigger were new: no lock, no backfill, the next date from now on. */
  async restart(key: TriggerKey): Promise<Answer<string>> {
    return this.#change(key, async (row, now) => {
      const rule = await this.#rule(row);
      const state: TriggerState = { ...NEW_SCHEDULE, disabled: row.state.disabled };
      return ok(rule === undefined ? state : await begin(rule, now, state));
    });
  }

  /** `text` is the JSON text of a BackfillRequest. */
  async beginBackfill(key: TriggerKey, text: string): Promise<Answer<string>> {
    const request = parseJson(text) as unknown as BackfillRequest;
    return this.#change(key, async (row, now) => {
      if (row.kind !== 'schedule')
        return failure('invalid_parameter', 'Only triggers that follow a schedule have backfills.');
      if (row.state.backfill !== undefined)
        return failure('conflict', 'A backfill is running already; delete it first.');
      if (request.start > request.end) return failure('invalid_parameter', 'The backfill ends before it starts.');
      return ok(beginBackfill(row.state, request, now));
    });
  }

  async pauseBackfill(key: TriggerKey, paused: boolean): Promise<Answer<string>> {
    return this.#change(key, async ({ state }) =>
      state.backfill === undefined
        ? failure('illegal_state', 'There is no backfill.')
        : ok(pauseBackfill(state, paused)),
    );
  }

  async endBackfill(key: TriggerKey): Promise<Answer<string>> {
    return this.#change(key, async ({ state }) => ok(endBackfill(state)));
  }

  /** Forgets the trigger's state; a trigger that its flow still has begins anew. */
  async remove(key: TriggerKey): Promise<Answer<null>> {
    const found = await this.#serially(async () => {
      if (this.#store.find(key) === undefined) return false;
      this.#store.delete(key);
      await this.#readFlow(key);
      return true;
    });
    await this.#go();
    return found ? ok(null) : notFound(key);
  }

  // Turns.

  /** Whatever is due now, then the alarm for what is due next. */
  async #go(): Promise<void> {
    if (this.#tenant === undefined) return;
    await this.#serially(async () => {
      for (const key of this.#store.changedFlows()) await this.#readFlow(key);
      for (const row of this.#store.due(this.now(), TRIGGERS_PER_ALARM_MAX)) await this.#fire(row);
    });
    await this.#performStarts();
    await this.#arm();
  }

  async #fire(row: TriggerRow): Promise<void> {
    const now = this.now();
    if (row.kind === 'flow') {
      this.#commit(row, await windowClosed(row, ZONE, { tenant: this.#requireTenant(), now }));
      return;
    }
    try {
      await (row.kind === 'polling' ? this.#poll(row, now) : this.#stepDates(row, now));
    } catch (cause) {
      // One trigger that cannot be evaluated must not stop the others.
      console.error(`the trigger ${pathOf(row)} could not be evaluated`, cause);
      this.#complain({ ...row, wake: now + SCHEDULER_RETRY_MS, error: messageOf(cause), updatedAt: now });
    }
  }

  async #stepDates(first: TriggerRow, now: number): Promise<void> {
    const rule = await this.#rule(first);
    if (rule === undefined) return;
    let row = first;
    for (let starts = 0; starts < TRIGGER_STARTS_PER_TURN_MAX; starts++) {
      const { state, start } = await step(rule, row.state, now);
      row = this.#commit(row, start === undefined ? { state } : await this.#dated(row, state, rule, start, now));
      if (start === undefined || row.state.lock !== undefined) return;
    }
  }

  async #dated(
    row: TriggerRow,
    state: TriggerState,
    rule: DatedRule,
    due: ScheduleStart,
    now: number,
  ): Promise<TriggerTurn> {
    const flow = await this.#flow(row);
    if (flow === undefined) return { state, error: 'The flow is gone or invalid.' };
    const variables = await scheduleVariables(rule, due.date);
    const run = due.backfill === undefined ? 'tick' : `backfill/${due.backfill.createdAt}`;
    const id = await this.#requireTenant().executionIdFor(`${run}/${pathOf(row)}/${due.date}`);
    const given = due.backfill && { inputs: due.backfill.inputs, labels: due.backfill.labels };
    return this.#starting(
      row,
      state,
      flow,
      { variables, scope: { trigger: variables, schedule: variables }, given, now },
      {
        id,
        scheduleAt: due.date,
        ...(due.error !== undefined && { failed: due.error }),
      },
    );
  }

  async #poll(row: TriggerRow, now: number): Promise<void> {
    const rule = await this.#rule(row);
    const flow = await this.#flow(row);
    if (rule === undefined || flow === undefined) return;
    const { state, start } = await step(rule, row.state, now);
    if (start === undefined) return void this.#commit(row, { state });
    // The next look is an interval after this one, however late this one is.
    const next: TriggerState = { ...state, date: now, next: rule.timetable.next(now) };
    const trigger = definitionOf(row);
    const tenant = this.#requireTenant();
    const id = await tenant.executionIdFor(`poll/${pathOf(row)}/${start.date}`);
    const found = await poll({
      ...{ trigger, flow, tenant, now, executionId: id, edge: this.#edge },
      world: flowWorld(tenant, configOf(this.env), flow, this.now),
      ...(row.state.memory && { memory: row.state.memory }),
    });
    if (!found.ok) return void this.#commit(row, { state: next, error: found.error });
    const { variables, memory, failed, settle } = found.value;
    const after: TriggerState = memory === undefined ? next : { ...next, memory };
    if (variables === undefined) return void this.#commit(row, { state: after });
    const values: StartValues = { variables, scope: { trigger: variables }, given: undefined, now };
    const turn = await this.#starting(row, after, flow, values, { id, ...(failed !== undefined && { failed }) });
    // Where nothing starts, what was found is to be found again.
    const committed = this.#commit(row, turn.start === undefined ? { ...turn, state: next } : turn);
    if (turn.start === undefined || settle === undefined) return;
    try {
      await settle();
    } catch (cause) {
      this.#commit(committed, { state: committed.state, error: messageOf(cause) });
    }
  }

  /** The turn that starts an execution, and locks the trigger unless it may overlap with itself. */
  async #starting(
    row: TriggerRow,
    state: TriggerState,
    flow: Flow,
    { variables, scope, given, now }: StartValues,
    start: Pick<TriggerStart, 'id' | 'scheduleAt' | 'failed'>,
  ): Promise<TriggerTurn> {
    const trigger = definitionOf(row);
    const world = flowWorld(this.#requireTenant(), configOf(this.env), flow, this.now);
    const inputs = await world.renderMap({ ...trigger.inputs, ...given?.inputs }, scope);
    if (!inputs.ok) return { state, error: inputs.error };
    const { labels, warnings } = await renderLabels(trigger.labels, (template) => world.render(template, scope));
    return {
      state: { ...state, startedAt: now, ...(!trigger.allowConcurrent && { lock: start.id }) },
      start: {
        ...keyOf(row),
        ...start,
        revision: row.revision,
        type: row.sourceType,
        variables,
        inputs: inputs.value,
        isLenient: row.kind === 'polling',
        labels: mergeLabels(labels, given?.labels ?? []),
        at: now,
      },
      ...(warnings.length > 0 && { error: warnings.join('; ') }),
    };
  }

  /** An execution that a trigger has started is over. */
  async #release(fact: ExecutionFact): Promise<void> {
    if (fact.triggerId === undefined || !isTerminalState(fact.state)) return;
    const row = this.#store.find({ namespace: fact.namespace, flowId: fact.flowId, triggerId: fact.triggerId });
    if (row === undefined) return;
    const holdsLock = row.state.lock === fact.id;
    const stops = definitionOf(row).stopAfter.includes(fact.state) && !row.state.disabled;
    if (!holdsLock && !stops) return;
    const state = holdsLock ? await this.#unlocked(row, this.now()) : row.state;
    this.#commit(row, { state: stops ? disable(state) : state });
  }

  async #unlocked(row: TriggerRow, now: number): Promise<TriggerState> {
    const { lock: _lock, ...state } = row.state;
    const rule = await this.#rule(row);
    return rule === undefined || row.kind === 'polling' ? state : unlock(rule, row.state, now);
  }

  async #freeLocks(isFree: (lock: string) => boolean): Promise<void> {
    for (const row of this.#store.all()) {
      const { lock } = row.state;
      if (lock !== undefined && isFree(lock)) this.#commit(row, { state: await this.#unlocked(row, this.now()) });
    }
  }

  async #checkLocks(): Promise<void> {
    const before = this.now() - TRIGGER_LOCK_CHECKED_MS;
    const pending = new Set<string>(this.#store.starts().map(({ id }) => id));
    const over = new Set<string>();
    for (const {
      state: { lock = '', startedAt = 0 },
    } of this.#store.all()) {
      if (!isExecutionId(lock) || startedAt > before || pending.has(lock)) continue;
      const [state] = await this.#requireTenant().execution(lock).states([lock]);
      if (state === undefined || isTerminalState(state)) over.add(lock);
    }
    if (over.size > 0) await this.#freeLocks((lock) => over.has(lock));
  }

  async #tellListeners(fact: ExecutionFact): Promise<void> {
    const tenant = this.#requireTenant();
    const source = new FactSource(tenant, fact);
    for (const row of this.#store.ofKind('flow')) {
      if (row.isOff) continue;
      const flow = await this.#flow(row);
      if (flow === undefined) continue;
      const turn = await listen(row, flow, source, { tenant, config: configOf(this.env), now: this.now() });
      if (turn !== undefined) this.#commit(row, turn);
    }
  }

  #commit(row: TriggerRow, { state, start, wake, error }: TriggerTurn): TriggerRow {
    const { error: _error, wake: _wake, ...rest } = row;
    const next = row.kind === 'flow' ? wake : wakeAt(state);
    const after: TriggerRow = {
      ...rest,
      state,
      updatedAt: this.now(),
      ...(next !== undefined && !row.isOff && { wake: next }),
      ...(error !== undefined && { error }),
    };
    this.#store.transaction(() => {
      if (error === undefined) this.#store.put(after);
      else this.#complain({ ...after, error });
      if (start !== undefined) this.#store.addStart(start);
    });
    return after;
  }

  /** People see the last error with the trigger, and those before it in its log. */
  #complain(row: TriggerRow & { error: string }): void {
    this.#store.put(row);
    this.#store.addLine(row, { at: row.updatedAt, message: row.error });
  }

  async #performStarts(): Promise<void> {
    await Promise.all(this.#store.starts().map((start) => this.#perform(start)));
  }

  async #perform(start: TriggerStart): Promise<void> {
    if (this.#performing.has(start.id)) return;
    this.#performing.add(start.id);
    try {
      const refusal = await performTriggerStart(this.#requireTenant(), configOf(this.env), start);
      this.#store.deleteStart(start.id);
      if (refusal !== undefined) await this.#serially(() => this.#refused(start, refusal));
    } catch (cause) {
      console.warn(`a start by ${start.triggerId} failed and will be tried again`, cause);
    } finally {
      this.#performing.delete(start.id);
    }
  }

  /** Nothing was started, so nothing will end: the lock goes, and people see why. */
  async #refused(start: TriggerStart, error: string): Promise<void> {
    const row = this.#store.find(start);
    if (row === undefined) return;
    const state = row.state.lock === start.id ? await this.#unlocked(row, this.now()) : row.state;
    this.#commit(row, { state, error, ...(row.wake !== undefined && { wake: row.wake }) });
  }

  async #change(
    key: TriggerKey,
    work: (row: TriggerRow, now: number) => Promise<Answer<TriggerState>>,
  ): Promise<Answer<string>> {
    const answer = await this.#serially(async (): Promise<Answer<TriggerRow>> => {
      const row = this.#store.find(key);
      if (row === undefined) return notFound(key);
      const state = await work(row, this.now());
      if (!state.ok) return state;
      // A Flow trigger goes on being woken at the end of its window.
      return ok(this.#commit(row, { state: state.value, ...(row.wake !== undefined && { wake: row.wake }) }));
    });
    if (!answer.ok) return answer;
    await this.#go();
    return ok(stringifyJson(this.#store.find(key) ?? answer.value));
  }

  // Flows.

  /** Makes the rows of a flow's triggers what its newest revision says. */
  async #readFlow(key: FlowKey): Promise<void> {
    const stored = await flows.find(this.#requireTenant(), { namespace: key.namespace, id: key.flowId });
    const flow = stored === undefined || stored.deleted ? undefined : compiled(this.#requireTenant(), stored);
    const wanted =
      flow === undefined || flow.draft ? [] : flow.triggers.filter(({ type }) => kindOf(type) !== undefined);
    for (const row of this.#store.ofFlow(key)) {
      if (!wanted.some(({ id }) => id === row.triggerId)) this.#store.delete(row);
    }
    if (flow !== undefined && stored !== undefined) {
      const types = sourceTypes(stored.source);
      for (const trigger of wanted)
        await this.#readTrigger(flow, trigger, types.get(trigger.id) ?? trigger.type, stored.disabled);
    }
    this.#store.forgetFlow(key);
    await this.#announce();
  }

  async #readTrigger(flow: Flow, trigger: Trigger, sourceType: string, isFlowDisabled: boolean): Promise<void> {
    const now = this.now();
    const kind = kindOf(trigger.type);
    if (kind === undefined) return;
    const key: TriggerKey = { namespace: flow.namespace, flowId: flow.id, triggerId: trigger.id };
    const definition = stringifyJson(trigger);
    const isOff = isFlowDisabled || trigger.disabled;
    const known = this.#store.find(key);
    const row: TriggerRow = {
      ...key,
      kind,
      revision: flow.revision,
      definition,
      sourceType,
      isOff,
      state: NEW_SCHEDULE,
      updatedAt: now,
    };
    const isSame = known?.definition === definition && known.isOff === isOff;
    if (isSame) {
      this.#store.put({ ...known, revision: flow.revision, sourceType });
      return;
    }
    const state: TriggerState = known?.kind === kind ? known.state : NEW_SCHEDULE;
    if (kind === 'flow') {
      const rule = readFlowTrigger(trigger, flow.namespace);
      const wake = windowEnd(rule, now, ZONE);
      this.#commit(row, { state, ...(wake !== undefined && { wake }) });
      return;
    }
    if (kind === 'webhook') {
      this.#commit(row, { state });
      return;
    }
    const rule = await this.#rule(row);
    if (rule === undefined) return;
    // A trigger that looks for something else knows nothing of it yet.
    const { memory: _memory, ...forgetful } = state;
    this.#commit(row, { state: kind === 'polling' ? { ...forgetful, next: now } : await begin(rule, now, state) });
  }

  /** The rule of a trigger with dates; when it cannot be read, the row says why and sleeps. */
  async #rule(row: TriggerRow): Promise<DatedRule | undefined> {
    if (row.kind === 'flow' || row.kind === 'webhook') return undefined;
    const path = pathOf(row);
    const known = this.#rules.get(path);
    if (known?.definition === row.definition && known.revision === row.revision) return known.rule;
    const flow = await this.#flow(row);
    if (flow === undefined) return undefined;
    const trigger = definitionOf(row);
    const world = flowWorld(this.#requireTenant(), configOf(this.env), flow, this.now);
    const rule = row.kind === 'polling' ? ok(pollRule(trigger, world.zone)) : await readScheduleTrigger(trigger, world);
    if (!rule.ok) {
      const { wake: _wake, ...asleep } = row;
      this.#complain({ ...asleep, error: rule.error, updatedAt: this.now() });
      return undefined;
    }
    this.#rules.set(path, { definition: row.definition, revision: row.revision, rule: rule.value });
    return rule.value;
  }

  async #flow({ namespace, flowId, revision }: TriggerRow): Promise<Flow | undefined> {
    return flowAt(this.#requireTenant(), { namespace, flowId, flowRevision: revision });
  }

  // The object itself.

  /** The sweeper pokes the schedulers that it knows of. */
  async #announce(): Promise<void> {
    const isNeeded = this.#store.nextWake() !== undefined;
    const known = this.#store.read('announced') === 'true';
    if (!isNeeded || known) return;
    await schedulers.announce(this.#requireTenant());
    this.#store.write('announced', 'true');
  }

  async #arm(): Promise<void> {
    const soon = this.now() + SCHEDULER_RETRY_MS;
    const hasWork = this.#store.starts().length > 0 || this.#store.changedFlows().length > 0;
    const at = Math.min(this.#store.nextWake() ?? Infinity, hasWork ? soon : Infinity);
    if (Number.isFinite(at)) await this.ctx.storage.setAlarm(at);
    else await this.ctx.storage.deleteAlarm();
  }

  #serially<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(work);
    this.#turns = turn.catch(() => undefined);
    return turn;
  }

  #adopt(record: TenantRecord): void {
    const text = JSON.stringify(record);
    if (this.#tenant !== undefined && JSON.stringify(this.#tenant.record) === text) return;
    assert(this.#tenant === undefined || this.#tenant.key === record.key, 'a scheduler belongs to one tenant');
    this.#store.write(TENANT, text);
    this.#tenant = new Tenant(this.env, record);
  }

  #requireTenant(): Tenant {
    assert(this.#tenant, 'the scheduler has been used');
    return this.#tenant;
  }
}

interface StartValues {
  variables: JsonObject;
  scope: JsonObject;
  given: { inputs?: JsonObject; labels?: Label[] } | undefined;
  now: number;
}

/** Triggers that this object wakes, tells or may have disabled; tools and streams are served elsewhere. */
function kindOf(type: string): StoredKind | undefined {
  const kind = triggerTypes.find(type)?.kind;
  return STORED_KINDS.find((stored) => stored === kind);
}

/** Our own text, written by `#readTrigger`: trusted. */
function definitionOf({ definition }: TriggerRow): Trigger {
  return parseJson(definition) as unknown as Trigger;
}

function notFound({ namespace, flowId, triggerId }: TriggerKey) {
  return failure('not_found', `Trigger ${namespace}.${flowId}.${triggerId} not found`);
}

function failure(code: ErrorCode, message: string) {
  return fail({ code, message, retryable: false });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
