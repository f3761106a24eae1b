/** What a condition looks at, and what it answers. */
import type { MaybePromise } from '../../expression/services.ts';
import type { Condition, Label } from '../../flow/flow.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { State } from '../../protocol/states.ts';
import type { Result } from '../../result.ts';

export interface ConditionContext {
  /** The flow that has the trigger. */
  readonly flow: { readonly namespace: string; readonly id: string };
  /** `trigger.date`, when the trigger is about dates. */
  readonly date?: { readonly at: number; readonly zone: string };
  /** The execution that the trigger was told of. */
  readonly execution?: SourceExecution;
  /** The zone of dates that name none. */
  readonly zone: string;
  /** The text of a template, or why it cannot be rendered. */
  render(template: string): MaybePromise<Result<string, string>>;
  isPublicHoliday?(date: string, country: string, region?: string): MaybePromise<boolean>;
}

export interface SourceExecution {
  readonly id: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly flowRevision: number;
  readonly state: State;
  readonly labels: readonly Label[];
  readonly outputs?: JsonObject;
  /** States that attempts of its task runs ended in. */
  attemptStates(): MaybePromise<readonly State[]>;
}

/** The instants, from the first on and before the second, for which a condition answers the same as for the date it was
 *  asked about; ±Infinity where nothing bounds it. Lets a search for dates skip what cannot fit. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

export interface Verdict {
  readonly holds: boolean;
  /** Absent when it is not known how long the answer stays. */
  readonly span?: Span;
}

/** `nested` evaluates the conditions inside a condition. */
export type Evaluate = (
  properties: JsonObject,
  context: ConditionContext,
  nested: (conditions: readonly Condition[]) => Promise<Verdict[]>,
) => MaybePromise<Verdict>;

/** A condition that cannot be evaluated; becomes a failed Result at the border of this folder. */
export class ConditionFault extends Error {}

export function allOf(verdicts: readonly Verdict[]): Verdict {
  const against = verdicts.filter(({ holds }) => !holds);
  return against.length > 0 ? { holds: false, span: union(against) } : { holds: true, span: intersection(verdicts) };
}

export function anyOf(verdicts: readonly Verdict[]): Verdict {
  return opposite(allOf(verdicts.map(opposite)));
}

export function opposite({ holds, span }: Verdict): Verdict {
  return { holds: !holds, span };
}

/** All of them hold the same date, so together they are one span. */
function union(verdicts: readonly Verdict[]): Span | undefined {
  const spans = verdicts.flatMap(({ span }) => span ?? []);
  if (spans.length === 0) return undefined;
  return { from: Math.min(...spans.map(({ from }) => from)), until: Math.max(...spans.map(({ until }) => until)) };
}

function intersection(verdicts: readonly Verdict[]): Span | undefined {
  const spans = verdicts.flatMap(({ span }) => span ?? []);
  if (spans.length < verdicts.length) return undefined;
  return {
    from: Math.max(-Infinity, ...spans.map(({ from }) => from)),
    until: Math.min(Infinity, ...spans.map(({ until }) => until)),
  };
}
