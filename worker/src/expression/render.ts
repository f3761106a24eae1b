/** Where the interpreter meets its callers: templates and variables in, results out. */
import { Decimal } from '../protocol/json.ts';
import { fail, ok } from '../result.ts';
import { toExpressionError } from './error.ts';
import { hasTags } from './lexer.ts';
import { renderUntilStable } from './passes.ts';
import { DEFAULT_BUDGET, Meter, Run, Suspension } from './run.ts';
import { templateOf } from './template.ts';
import { toPlain, toText } from './text.ts';
import type { Json } from '../protocol/json.ts';
import type { Result } from '../result.ts';
import type { ExpressionError } from './error.ts';
import type { Budget } from './run.ts';
import type { Scope } from './scope.ts';
import type { MaybePromise, Services } from './services.ts';

export interface RenderOptions {
  /** Budgets that differ from the product's. */
  readonly budget?: Partial<Budget>;
  /** Whether results are rendered again until they stay as they are (Kestra's `recursive-rendering`). */
  readonly recursive?: boolean;
}

export type Rendered<T> = MaybePromise<Result<T, ExpressionError>>;

/** The text of a template. The answer is a plain Result unless a service answered with a promise. */
export function renderText(
  source: string,
  scope: Scope,
  services: Services,
  options?: RenderOptions,
): Rendered<string> {
  if (!hasTags(source)) return ok(source);
  return settle(source, newRun(scope, services, options), evaluateText);
}

/** The value of a template that is exactly one `{{ … }}`, else its text. */
export function renderValue(source: string, scope: Scope, services: Services, options?: RenderOptions): Rendered<Json> {
  if (!hasTags(source)) return ok(source);
  return settle(source, newRun(scope, services, options), evaluateValue);
}

/** Renders the texts of a value: items of lists, values and keys of maps, at any depth; what is no text stays as it is.
 *  All texts share one budget. */
export function renderDeep(value: Json, scope: Scope, services: Services, options?: RenderOptions): Rendered<Json> {
  const meter = newMeter(services, options);
  const recursive = options?.recursive ?? false;
  const one: RenderOne = (source) =>
    hasTags(source) ? settle(source, new Run(scope, services, meter, recursive, templateOf), evaluateText) : ok(source);
  return walk(value, one, new Run(scope, services, meter, recursive, templateOf), 0);
}

function newMeter(services: Services, options: RenderOptions | undefined): Meter {
  const budget = options?.budget === undefined ? DEFAULT_BUDGET : { ...DEFAULT_BUDGET, ...options.budget };
  return new Meter(budget, services);
}

function newRun(scope: Scope, services: Services, options: RenderOptions | undefined): Run {
  return new Run(scope, services, newMeter(services, options), options?.recursive ?? false, templateOf);
}

function evaluateText(source: string, run: Run): string {
  if (run.recursive) return renderUntilStable(source, run);
  const template = templateOf(source);
  run.depth = template.height;
  if (template.value !== undefined) return toText(template.value(run), run);
  template.emit(run);
  return run.out;
}

function evaluateValue(source: string, run: Run): Json {
  const template = templateOf(source);
  if (run.recursive || template.value === undefined) return evaluateText(source, run);
  run.depth = template.height;
  return toPlain(template.value(run), run);
}

/** Evaluates, and as often as a service keeps the evaluation waiting, waits and evaluates again. */
function settle<T>(source: string, run: Run, evaluate: (source: string, run: Run) => T): Rendered<T> {
  try {
    return ok(evaluate(source, run));
  } catch (failure) {
    if (failure instanceof Suspension) return settleLater(source, run, evaluate, failure);
    return fail(toExpressionError(failure, source));
  }
}

async function settleLater<T>(
  source: string,
  run: Run,
  evaluate: (source: string, run: Run) => T,
  first: Suspension,
): Promise<Result<T, ExpressionError>> {
  let suspension = first;
  for (;;) {
    try {
      await run.resume(suspension);
      return ok(evaluate(source, run));
    } catch (failure) {
      if (!(failure instanceof Suspension)) return fail(toExpressionError(failure, source));
      suspension = failure;
    }
  }
}

type RenderOne = (source: string) => Rendered<string>;

function walk(value: Json, one: RenderOne, run: Run, depth: number): Rendered<Json> {
  if (typeof value === 'string') return one(value);
  if (!isContainer(value)) return ok(value);
  try {
    run.descend(depth);
  } catch (failure) {
    return fail(toExpressionError(failure, ''));
  }
  if (Array.isArray(value))
    return gather(
      value.map((item) => walk(item, one, run, depth + 1)),
      (items) => items,
    );
  const parts = Object.entries(value).flatMap(([key, item]) => [one(key), walk(item, one, run, depth + 1)]);
  return gather(parts, (flat) => {
    const entries: [string, Json][] = [];
    for (let index = 0; index < flat.length; index += 2) entries.push([String(flat[index]), flat[index + 1] ?? null]);
    return Object.fromEntries(entries);
  });
}

function isContainer(value: Json): value is Json[] | { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !(value instanceof Decimal);
}

/** All parts, or the first failure in their order; waits only when one of them does. */
function gather(parts: Rendered<Json>[], build: (values: Json[]) => Json): Rendered<Json> {
  const ready: Result<Json, ExpressionError>[] = [];
  for (const part of parts) {
    if (part instanceof Promise) return Promise.all(parts).then((settled) => combine(settled, build));
    ready.push(part);
  }
  return combine(ready, build);
}

function combine(
  parts: readonly Result<Json, ExpressionError>[],
  build: (values: Json[]) => Json,
): Result<Json, ExpressionError> {
  const values: Json[] = [];
  for (const part of parts) {
    if (!part.ok) return part;
    values.push(part.value);
  }
  return ok(build(values));
}
