/** Drives the rules of schedules and backfills through a random life, from one seed: alarms come late or not at all, the
 *  scheduler dies between any two steps or for a day, the clock is set by an hour, executions take their time and their ends
 *  are told twice or never, people disable, enable and backfill; zones change their clocks meanwhile.
 *   P1. A date is one execution, and is asked for again only when the clock was set back.
 *   P2. Nothing starts early, on a date that is none, while another execution runs or a backfill suspends it.
 *   P3. Late dates follow `recoverMissedSchedules`; none is lost where all are wanted.
 *   P4. A backfill runs the dates of its range in order, all of them unless it is deleted, none while it is paused.
 *   P5. A step looks at few dates, and an enabled trigger always has a next one. */
import { SCHEDULE_LATENESS_MS_MAX } from '../../limits.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { assert, fail } from '../../result.ts';
import { nextFitting } from '../../schedule/fitting-dates.ts';
import { wakeAt } from '../../schedule/schedule-state.ts';
import type { Backfill, ScheduleState } from '../../schedule/schedule-state.ts';
import * as rules from '../../schedule/schedule-step.ts';
import type { DatedRule, ScheduleStart } from '../../schedule/schedule-step.ts';
import { readScheduleTrigger } from '../../schedule/schedule-trigger.ts';
import { dateText } from '../../schedule/zoned-date.ts';
import { Random } from './random.ts';

export interface ScheduleSimulation {
  seed: number;
  steps: number;
  /** The trigger's properties. */
  flow: JsonObject;
  trace: string[];
  broken: string[];
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = 150;
/** Turns that the end of a life may take: far more dates than any life here has. */
const TURNS_MAX = 20_000;
/** Dates that one step may ask the timetable for: none of the conditions here is rare. */
const ASKED_MAX = 700;

const ZONES = ['UTC', 'Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Chatham'];
/** Shortly before clocks change in one of the zones, or at no special time. */
const BEGINNINGS = ['2026-03-07', '2026-03-28', '2026-04-03', '2026-10-02', '2026-10-24', '2026-10-31', '2028-02-27'];
const DAILY = ['30 2 * * *', '0 0 * * *', '15 1 * * *', '45 3 * * 1-5'];
const CRONS = [...DAILY, '*/20 * * * *', '0 * * * *', '30 */2 * * *', '@daily', '0 9 29 2 *'];
/** DEFAULT is not written into the trigger. */
const POLICIES = ['DEFAULT', 'ALL', 'LAST', 'NONE'];

export async function simulateSchedule(seed: number): Promise<ScheduleSimulation> {
  const random = new Random(seed);
  const cron = random.pick(CRONS);
  const policy = random.pick(POLICIES);
  const properties: JsonObject = {
    cron,
    timezone: random.pick(ZONES),
    ...(policy !== 'DEFAULT' && { recoverMissedSchedules: policy }),
    ...(random.chance(0.2) && { lateMaximumDelay: random.pick(['PT10M', 'PT3H']) }),
  };
  const isWeekendOnly = random.chance(0.2) && !cron.endsWith('1-5');
  const read = await readScheduleTrigger(
    {
      ...{ id: 'tick', type: 'core.trigger.Schedule', disabled: false, labels: [], stopAfter: [], properties },
      conditions: isWeekendOnly ? [{ type: 'core.condition.Weekend', properties: {} }] : [],
      allowConcurrent: false,
    },
    { flow: { namespace: 'company.team', id: 'flow' }, zone: 'UTC', render: () => fail('nothing to render') },
  );
  assert(read.ok, 'the trigger can be read');
  return new ScheduleWorld(seed, random, properties, read.value).run();
}

interface Start extends ScheduleStart {
  id: string;
}

class ScheduleWorld {
  readonly #seed: number;
  readonly #random: Random;
  readonly #properties: JsonObject;
  readonly #rule: DatedRule;
  readonly #trace: string[] = [];
  readonly #broken = new Set<string>();
  /** What outlives a crash: the state, and starts that are yet to be performed. */
  #state: ScheduleState = { disabled: false };
  #starts: Start[] = [];
  /** Ids of executions, and whether they are over. */
  readonly #executions = new Map<string, boolean>();
  readonly #asked = new Set<string>();
  readonly #ticks: number[] = [];
  readonly #backfills = new Map<number, { asked: Backfill; dates: number[]; isDeleted: boolean }>();
  #now: number;
  #born = 0;
  #wasSetBack = false;
  #calls = 0;

  constructor(seed: number, random: Random, properties: JsonObject, rule: DatedRule) {
    this.#seed = seed;
    this.#random = random;
    this.#properties = properties;
    this.#now = Date.parse(random.pick(BEGINNINGS)) + random.below(DAY);
    const { timetable } = rule;
    this.#rule = {
      ...rule,
      timetable: {
        next: (after) => (this.#calls++, timetable.next(after)),
        previous: (before) => (this.#calls++, timetable.previous(before)),
      },
    };
  }

  async run(): Promise<ScheduleSimulation> {
    this.#born = this.#now;
    this.#state = await rules.begin(this.#rule, this.#now);
    for (let n = 0; n < STEPS && this.#broken.size === 0; n++) await this.#live();
    if (this.#broken.size === 0) await this.#end();
    return {
      ...{ seed: this.#seed, steps: STEPS, flow: this.#properties },
      ...{ trace: this.#trace, broken: [...this.#broken] },
    };
  }

  async #live(): Promise<void> {
    const chance = this.#random.next();
    if (chance < 0.4) {
      // The alarm, some moments late.
      const due = wakeAt(this.#state);
      if (due !== undefined && due - this.#now < 3 * DAY) this.#pass(Math.max(0, due - this.#now));
      this.#pass(this.#random.below(2 * SECOND));
      await this.#wake();
    } else if (chance < 0.55) await this.#finishOne();
    else if (chance < 0.65) {
      this.#pass(this.#random.below(3 * HOUR));
      if (this.#random.chance(0.5)) await this.#wake();
    } else if (chance < 0.69) this.#pass(this.#random.below(DAY));
    else if (chance < 0.74) this.#setClock(this.#random.chance(0.5) ? HOUR : -HOUR);
    else if (chance < 0.82) await this.#switch();
    else await this.#backfill();
  }

  /** Whatever is still to come comes, and then all must be there. */
  async #end(): Promise<void> {
    if (this.#state.backfill !== undefined) this.#state = rules.pauseBackfill(this.#state, false);
    this.#state = await rules.enable(this.#rule, this.#state, this.#now);
    // A clock that was set back must come to where backfills end.
    this.#now = Math.max(this.#now, ...Array.from(this.#backfills.values(), ({ asked }) => asked.end));
    for (let n = 0; ; n++) {
      if (n === TURNS_MAX) return this.#fault('P5: it never comes to rest');
      await this.#wake();
      if ([...this.#executions.values()].every((isOver) => isOver) && this.#starts.length === 0) {
        if (this.#state.lock === undefined && (wakeAt(this.#state) ?? Infinity) > this.#now) break;
      }
      while (await this.#finishOne());
    }
    if (wakeAt(this.#state) === undefined) this.#fault('P5: an enabled trigger sleeps for ever');
    if (this.#rule.recover === 'ALL' && this.#rule.recoverIsWritten && this.#rule.lateMaximumDelayMs === undefined) {
      await this.#expectAll('P3: a date is lost', this.#ticks, this.#born, this.#now);
    }
    for (const { asked, dates, isDeleted } of this.#backfills.values()) {
      if (!isDeleted) await this.#expectAll('P4: a date is lost', dates, asked.start - 1, asked.end);
    }
  }

  async #expectAll(fault: string, dates: readonly number[], after: number, until: number): Promise<void> {
    const there = new Set(dates);
    for (let at = after; ;) {
      const found = await nextFitting(this.#rule.timetable, this.#rule.fits, at);
      if (found.type !== 'date' || found.at > until) return;
      if (!there.has(found.at)) return this.#fault(`${fault}: ${this.#shown(found.at)}`);
      at = found.at;
    }
  }

  // The scheduler: each step is one transaction, and it may die after any of them.

  async #wake(): Promise<void> {
    for (;;) {
      if (this.#random.chance(0.05)) return this.#log('dies');
      this.#calls = 0;
      const { state, start } = await rules.step(this.#rule, this.#state, this.#now);
      if (this.#calls > ASKED_MAX) this.#fault(`P5: a step has asked for ${this.#calls} dates`);
      if (this.#random.chance(0.05)) return this.#log('dies before it has written');
      const before = this.#state;
      const id = start && `${start.backfill === undefined ? 'tick' : start.backfill.createdAt}/${start.date}`;
      this.#state = structuredClone(id === undefined ? state : { ...state, lock: id });
      if (start !== undefined && id !== undefined) {
        await this.#check(start, id, before);
        this.#starts.push({ ...start, id });
      }
      await this.#perform();
      if (start === undefined) return;
    }
  }

  async #perform(): Promise<void> {
    for (const start of this.#starts) {
      if (this.#random.chance(0.05)) return this.#log('dies before it has started');
      if (!this.#executions.has(start.id)) this.#executions.set(start.id, false);
      if (this.#random.chance(0.05)) return this.#log('dies before it knows that it has started');
      this.#starts = this.#starts.filter(({ id }) => id !== start.id);
    }
  }

  async #check({ date, backfill }: ScheduleStart, id: string, before: ScheduleState): Promise<void> {
    this.#log(`starts ${id} ${this.#shown(date)}`);
    if (this.#asked.has(id) && !this.#wasSetBack) this.#fault(`P1: ${id} is asked for twice`);
    this.#asked.add(id);
    if (date > this.#now) this.#fault(`P2: ${this.#shown(date)} is early`);
    if ([...this.#executions.values()].includes(false)) this.#fault('P2: two executions at once');
    const verdict = await this.#rule.fits(date);
    if (this.#rule.timetable.next(date - 1) !== date || !verdict.ok || !verdict.value.holds)
      this.#fault(`P2: ${this.#shown(date)} is no date`);
    if (backfill !== undefined) return this.#checkBackfill(date, backfill, before);
    if (
      before.backfill !== undefined &&
      before.backfill.current <= before.backfill.end &&
      !this.#isOver(before.backfill)
    )
      await this.#checkSuspended(before.backfill);
    this.#checkLocalDay(date);
    this.#ticks.push(date);
    await this.#checkLate(date);
  }

  /** An ordinary date may start in the step that ends a backfill, never while there are dates left. */
  async #checkSuspended({ current, end }: Backfill): Promise<void> {
    const left = await nextFitting(this.#rule.timetable, this.#rule.fits, current - 1);
    if (left.type === 'date' && left.at <= end) this.#fault('P2: an ordinary date although a backfill suspends it');
  }

  #isOver({ createdAt }: Backfill): boolean {
    return this.#backfills.get(createdAt)?.isDeleted ?? true;
  }

  async #checkLate(date: number): Promise<void> {
    const late = this.#now - date;
    const { recover, lateMaximumDelayMs = Infinity } = this.#rule;
    if (late > lateMaximumDelayMs) this.#fault(`P3: ${this.#shown(date)} is later than its maximum delay`);
    if (late <= SCHEDULE_LATENESS_MS_MAX || recover === 'ALL') return;
    if (recover === 'NONE') this.#fault(`P3: ${this.#shown(date)} is late by ${late} ms, and none is wanted`);
    const next = await nextFitting(this.#rule.timetable, this.#rule.fits, date);
    if (next.type === 'date' && next.at <= this.#now) this.#fault(`P3: ${this.#shown(date)} is not the last one`);
  }

  /** Whatever clocks do, a daily date comes once a day. */
  #checkLocalDay(date: number): void {
    const dayOf = (at: number) => dateText(at, this.#rule.zone).slice(0, 10);
    if (!DAILY.includes(String(this.#properties.cron))) return;
    if (this.#ticks.some((tick) => tick !== date && dayOf(tick) === dayOf(date)))
      this.#fault(`P1: two dates on the day of ${this.#shown(date)}`);
  }

  #checkBackfill(date: number, { createdAt, start, end }: Backfill, before: ScheduleState): void {
    const known = this.#backfills.get(createdAt);
    if (known === undefined || known.isDeleted) return this.#fault('P4: it was deleted');
    if (before.backfill?.paused === true) this.#fault('P4: it is paused');
    if (date < start || date > end) this.#fault(`P4: ${this.#shown(date)} is out of its range`);
    if (date <= (known.dates.at(-1) ?? -Infinity)) this.#fault(`P4: ${this.#shown(date)} is out of order`);
    known.dates.push(date);
  }

  // The world.

  async #finishOne(): Promise<boolean> {
    const running = [...this.#executions].filter(([, isOver]) => !isOver).map(([id]) => id);
    for (const id of running) {
      this.#executions.set(id, true);
      this.#log(`${id} ends`);
    }
    // What was not told is found by the sweeper, sooner or later; what is told twice changes nothing.
    if (running.length > 0 && this.#random.chance(0.1)) return true;
    const { lock } = this.#state;
    if (lock === undefined || this.#executions.get(lock) !== true) return running.length > 0;
    this.#state = await rules.unlock(this.#rule, this.#state, this.#now);
    return true;
  }

  async #switch(): Promise<void> {
    this.#state = this.#state.disabled
      ? await rules.enable(this.#rule, this.#state, this.#now)
      : rules.disable(this.#state);
    this.#log(this.#state.disabled ? 'is disabled' : 'is enabled');
  }

  async #backfill(): Promise<void> {
    const { backfill } = this.#state;
    if (backfill === undefined) {
      const start = this.#now - this.#random.below(3 * DAY);
      const request = { start, end: Math.min(this.#now, start + this.#random.below(2 * DAY)) };
      // Two of one moment have one name.
      if (this.#backfills.has(this.#now)) return;
      this.#state = rules.beginBackfill(this.#state, request, this.#now);
      const asked = this.#state.backfill;
      assert(asked, 'it has begun');
      this.#backfills.set(asked.createdAt, { asked, dates: [], isDeleted: false });
      return this.#log(`is backfilled from ${this.#shown(request.start)} to ${this.#shown(request.end)}`);
    }
    if (this.#random.chance(0.8)) {
      this.#state = rules.pauseBackfill(this.#state, !backfill.paused);
      return this.#log(backfill.paused ? 'continues its backfill' : 'pauses its backfill');
    }
    const known = this.#backfills.get(backfill.createdAt);
    if (known !== undefined) known.isDeleted = true;
    this.#state = rules.endBackfill(this.#state);
    this.#log('ends its backfill');
  }

  #pass(ms: number): void {
    this.#now += ms;
  }

  #setClock(by: number): void {
    this.#pass(by);
    this.#wasSetBack ||= by < 0;
    this.#log(by < 0 ? 'the clock is set back' : 'the clock is set forward');
  }

  #shown(at: number): string {
    return dateText(at, this.#rule.zone);
  }

  #log(what: string): void {
    this.#trace.push(`${this.#shown(this.#now)} ${what}`);
  }

  #fault(what: string): void {
    this.#broken.add(what);
  }
}
