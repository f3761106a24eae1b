/** One rendering: its variables, its budgets and what it has asked of the world.
 *   R1. A rendering that waits for nothing is synchronous.
 *   R2. A service that answers with a promise suspends the rendering by a thrown `Suspension`; when the answer is there the
 *       template is evaluated again from its start, and every answer so far, clock and randomness included, is given
 *       again in the order of the calls. A replay therefore takes the same way and asks for nothing twice.
 *   R3. Budgets run on through replays, so that waiting buys no work. */
import {
  EXPRESSION_DEPTH_MAX,
  EXPRESSION_ITEMS_MAX,
  EXPRESSION_OUTPUT_CHARS_MAX,
  EXPRESSION_PASSES_MAX,
  EXPRESSION_REGEX_INPUT_CHARS_MAX,
  EXPRESSION_STEPS_MAX,
  EXPRESSION_TIME_MS_MAX,
  EXPRESSION_VALUE_DEPTH_MAX,
  EXPRESSION_WAITS_MAX,
} from '../limits.ts';
import { Fault, argumentFault } from './error.ts';
import { Lookup, isList, isMap } from './value.ts';
import type { Scope } from './scope.ts';
import type { MaybePromise, Services } from './services.ts';
import type { Range, Value } from './value.ts';

/** The budgets of a rendering; see limits.ts for what each counts. */
export interface Budget {
  readonly steps: number;
  readonly depth: number;
  readonly outputChars: number;
  readonly timeMs: number;
  readonly passes: number;
  readonly waits: number;
  readonly regexInputChars: number;
}

export const DEFAULT_BUDGET: Budget = {
  steps: EXPRESSION_STEPS_MAX,
  depth: EXPRESSION_DEPTH_MAX,
  outputChars: EXPRESSION_OUTPUT_CHARS_MAX,
  timeMs: EXPRESSION_TIME_MS_MAX,
  passes: EXPRESSION_PASSES_MAX,
  waits: EXPRESSION_WAITS_MAX,
  regexInputChars: EXPRESSION_REGEX_INPUT_CHARS_MAX,
};

/** The clock is read once in so many steps. */
const STEPS_BETWEEN_CLOCK_READINGS = 4_096;

/** What is left of the budgets; the renderings of one map share it. */
export class Meter {
  readonly budget: Budget;
  readonly #clock: Pick<Services, 'now'>;
  #steps: number;
  #nextClockReading: number;
  #chars: number;
  #waits: number;
  #deadline: number | undefined;

  constructor(budget: Budget, clock: Pick<Services, 'now'>) {
    this.budget = budget;
    this.#clock = clock;
    this.#steps = budget.steps;
    this.#nextClockReading = budget.steps - STEPS_BETWEEN_CLOCK_READINGS;
    this.#chars = budget.outputChars;
    this.#waits = budget.waits;
  }

  spend(steps: number): void {
    this.#steps -= steps;
    if (this.#steps < this.#nextClockReading) this.#check();
  }

  /** Counts characters of text before or while they are built. */
  grow(chars: number): void {
    this.#chars -= chars;
    if (this.#chars < 0) {
      throw new Fault(
        'expression_output_exceeded',
        `The expression builds more than ${this.budget.outputChars} characters of text`,
      );
    }
  }

  /** Another answer is waited for; time spent waiting is not time spent computing. */
  wait(): void {
    this.#deadline = undefined;
    if (--this.#waits < 0) {
      throw new Fault(
        'expression_waits_exceeded',
        `The expression waits for more than ${this.budget.waits} answers of services`,
      );
    }
  }

  #check(): void {
    if (this.#steps < 0) {
      throw new Fault('expression_steps_exceeded', `The expression needs more than ${this.budget.steps} steps`);
    }
    this.#nextClockReading = this.#steps - STEPS_BETWEEN_CLOCK_READINGS;
    const now = this.#clock.now();
    this.#deadline ??= now + this.budget.timeMs;
    if (now > this.#deadline) {
      throw new Fault('expression_time_exceeded', `The expression computes for more than ${this.budget.timeMs} ms`);
    }
  }
}

/** Thrown to leave the evaluation until a promise is settled. */
export class Suspension {
  readonly answer: Promise<unknown>;
  /** Whether it answers a question of the template; a part of the interpreter that is loaded meanwhile does not. */
  readonly isAnswer: boolean;

  constructor(answer: Promise<unknown>, isAnswer = true) {
    this.answer = answer;
    this.isAnswer = isAnswer;
  }
}

/** Code points that are no characters and so stand in no honest text. */
const RAW_MARK_START = '\uFDD0';
const RAW_MARK_END = '\uFDD1';
const RAW_MARK = /\uFDD0(\d+)\uFDD1/g;

type Answer = { ok: true; value: unknown } | { ok: false; error: unknown };

/** Variables that a template made itself: `set`, loop variables, arguments of a macro. */
export class Locals {
  readonly parent: Locals | null;
  /** A macro sees its arguments and nothing else. */
  readonly sealed: boolean;
  readonly values = new Map<string, Value>();

  constructor(parent: Locals | null, sealed = false) {
    this.parent = parent;
    this.sealed = sealed;
  }
}

/** A template made ready to run. */
export interface Template {
  readonly source: string;
  /** How deep its nodes are nested. */
  readonly height: number;
  /** Writes the rendered text to `run.out`. */
  emit(run: Run): void;
  /** The value, when the template is exactly one `{{ … }}`. */
  readonly value: ((run: Run) => Value) | undefined;
}

export class Run {
  readonly scope: Scope;
  readonly services: Services;
  readonly meter: Meter;
  /** Whether results are rendered again until they stay; `render()` does not exist then. */
  readonly recursive: boolean;
  /** Parses a source, or finds it parsed. */
  readonly template: (source: string) => Template;
  /** Texts of `raw` blocks, kept out of the passes to come. */
  readonly kept: string[] = [];
  keepsRaw = false;
  locals: Locals | null = null;
  out = '';
  depth = 0;
  #answers: Answer[] = [];
  #asked = 0;

  constructor(scope: Scope, services: Services, meter: Meter, recursive: boolean, template: Run['template']) {
    this.scope = scope;
    this.services = services;
    this.meter = meter;
    this.recursive = recursive;
    this.template = template;
  }

  variable(name: string): Value | undefined {
    for (let locals = this.locals; locals !== null; locals = locals.parent) {
      const value = locals.values.get(name);
      if (value !== undefined) return value;
      if (locals.sealed) return undefined;
    }
    return this.scope.variable(name);
  }

  *names(): Iterable<string> {
    for (let locals = this.locals; locals !== null; locals = locals.parent) {
      yield* locals.values.keys();
      if (locals.sealed) return;
    }
    yield* this.scope.names();
  }

  /** `set`: the nearest scope that has the name; the template's own for a name of the context; else the innermost. */
  assign(name: string, value: Value): void {
    this.locals ??= new Locals(null);
    let outermost = this.locals;
    for (let locals: Locals | null = this.locals; locals !== null; locals = locals.parent) {
      outermost = locals;
      if (locals.sealed || locals.values.has(name)) {
        locals.values.set(name, value);
        return;
      }
    }
    const target = this.scope.variable(name) === undefined ? this.locals : outermost;
    target.values.set(name, value);
  }

  write(text: string): void {
    this.meter.grow(text.length);
    this.out += text;
  }

  /** Writes the text of a raw block; while passes follow, a mark stands for it. */
  writeRaw(text: string): void {
    if (!this.keepsRaw) return this.write(text);
    this.write(RAW_MARK_START + String(this.kept.push(text) - 1) + RAW_MARK_END);
  }

  restoreRaw(text: string): string {
    if (this.kept.length === 0) return text;
    return text.replace(RAW_MARK, (mark, index: string) => {
      const kept = this.kept[Number(index)];
      if (kept !== undefined) this.meter.grow(kept.length);
      return kept ?? mark;
    });
  }

  /** Runs `body` one level of templates deeper; `height` is how deep its own nodes are nested. */
  nested<T>(height: number, locals: Locals | null, body: () => T): T {
    const { out, locals: outer, depth } = this;
    this.depth += height + 1;
    if (this.depth > this.meter.budget.depth) {
      throw new Fault(
        'expression_depth_exceeded',
        `Macros or renderings are nested deeper than ${this.meter.budget.depth} levels`,
      );
    }
    this.meter.spend(1);
    this.out = '';
    this.locals = locals;
    try {
      return body();
    } finally {
      this.out = out;
      this.locals = outer;
      this.depth = depth;
    }
  }

  /** Asks the world; see R2. */
  ask<T>(question: () => MaybePromise<T>): T {
    const known = this.#answers[this.#asked++];
    if (known !== undefined) {
      if (!known.ok) throw known.error;
      return known.value as T; // the same question at the same turn (R2), so the same type
    }
    const answer = question();
    if (isThenable(answer)) throw new Suspension(Promise.resolve(answer));
    this.#answers.push({ ok: true, value: answer });
    return answer;
  }

  /** Waits for the answer of a suspension and makes the run ready for its replay. */
  async resume(suspension: Suspension): Promise<void> {
    this.meter.wait();
    const answer = await suspension.answer.then(
      (value): Answer => ({ ok: true, value }),
      (error: unknown): Answer => ({ ok: false, error }),
    );
    if (suspension.isAnswer) this.#answers.push(answer);
    else if (!answer.ok)
      throw new Fault('expression_service', 'A part of the interpreter could not be loaded; try again');
    this.#asked = 0;
    this.kept.length = 0;
    this.keepsRaw = false;
    this.locals = null;
    this.out = '';
    this.depth = 0;
  }

  /** A list's items; a range is made into one. */
  items(list: Value[] | Range): Value[] {
    if (Array.isArray(list)) return list;
    this.checkItems(list.length);
    this.meter.spend(list.length);
    return Array.from({ length: list.length }, (_, index) => list.from + index * list.step);
  }

  checkItems(count: number): void {
    if (count > EXPRESSION_ITEMS_MAX) throw argumentFault(`A list may have at most ${EXPRESSION_ITEMS_MAX} items`);
  }

  /** Counts a level of a value that is walked, and the step to it. */
  descend(depth: number): void {
    this.meter.spend(1);
    if (depth > EXPRESSION_VALUE_DEPTH_MAX) {
      throw new Fault(
        'expression_depth_exceeded',
        `The value is nested deeper than ${EXPRESSION_VALUE_DEPTH_MAX} levels`,
      );
    }
  }

  /** The entries of a map, counted. */
  entries(map: Value): [string, Value][] {
    if (!isMap(map)) return [];
    const keys = map instanceof Lookup ? [...map.keys()] : Object.keys(map);
    this.meter.spend(keys.length);
    return keys.map((key) => [key, (map instanceof Lookup ? map.get(key) : map[key]) ?? null]);
  }

  /** The same value with every text in it, at any depth, put through `change`. */
  mapTexts(value: Value, change: (leaf: Value) => Value, depth = 0): Value {
    this.descend(depth);
    if (isList(value)) return this.items(value).map((item) => this.mapTexts(item, change, depth + 1));
    if (isMap(value)) {
      return Object.fromEntries(
        this.entries(value).map(([key, item]) => [key, this.mapTexts(item, change, depth + 1)]),
      );
    }
    return change(value);
  }
}

/** Promises of remote calls are thenables of a class of their own. */
function isThenable<T>(answer: MaybePromise<T>): answer is Promise<T> {
  return typeof answer === 'object' && answer !== null && 'then' in answer && typeof answer.then === 'function';
}
