/** Whether what was got is what a vector about schedules or conditions expects. Dates are compared as instants. */
import type { Got, Judge } from './judge.ts';
import { isMap, matches } from './matchers.ts';

type Check = (wanted: unknown, got: Got, question: Got) => boolean;

export const judgeSchedule: Judge = (expect, got, question = {}) => {
  if (!isMap(expect)) return false;
  const checks = question.kind === 'scheduler' ? SCHEDULER : SCHEDULE;
  return all(checks, expect, got, question);
};

export const judgeCondition: Judge = (expect, got) => {
  if (!isMap(expect)) return false;
  return expect.error === true ? typeof got.error === 'string' : all(CONDITION, expect, got, {});
};

const SCHEDULE: Record<string, Check> = {
  execution: (wanted, got) => wanted === got.execution,
  variables: (wanted, got) =>
    isMap(wanted) &&
    Object.entries(wanted).every(([name, date]) =>
      sameMoment(date, isMap(got.variables) ? got.variables[name] : undefined),
    ),
  labels: (wanted, got) => matches(wanted, got.labels),
  inputs: (wanted, got) => matches(wanted, got.inputs),
  next: (wanted, got) => (Array.isArray(wanted) ? sameInstants(wanted, got.next) : sameInstant(wanted, got.next)),
  previous: (wanted, got) => sameInstant(wanted, got.previous),
  valid: (wanted, got) => wanted === got.valid,
  messageContains: (part, got) => String(got.message).includes(String(part)),
};

const SCHEDULER: Record<string, Check> = {
  executions: (wanted, got) => matches(wanted, executionsOf(got).length),
  firstExecution: (wanted, got) => {
    const [first] = executionsOf(got);
    return isMap(wanted) && sameInstant(wanted.date, first?.date) && sameInstant(wanted.next, first?.next);
  },
  executionDates: (wanted, got, question) => {
    const dates = executionsOf(got).map(({ date }) => date);
    const context = question.triggerContext;
    const isWhole = isMap(context) && context.backfill !== undefined;
    return Array.isArray(wanted) && sameInstants(wanted, isWhole ? dates : dates.slice(0, wanted.length));
  },
  executionState: (wanted, got) => matches(wanted, executionsOf(got)[0]?.state),
  triggerDisabledAfterFirst: (_state, got) => got.disabled === true,
  logContains: (part, got) => Array.isArray(got.logs) && got.logs.join('\n').includes(String(part)),
  nextExecutionDate: (wanted, got, { triggerContext }) => {
    const before = isMap(triggerContext) ? triggerContext.nextExecutionDate : undefined;
    return sameInstant(wanted === 'unchanged' ? before : wanted, got.nextExecutionDate);
  },
};

const CONDITION: Record<string, Check> = {
  result: (wanted, got) => wanted === got.result,
  labels: (wanted, got) => matches(wanted, got.labels),
  labelsCount: (wanted, got) => matches(wanted, isMap(got.labels) ? Object.keys(got.labels).length : 0),
  start: (wanted, got) => sameInstant(wanted, got.start),
  end: (wanted, got) => sameInstant(wanted, got.end),
  expired: (wanted, got) => wanted === got.expired,
  results: (wanted, got) => matches(wanted, got.results),
  later: (wanted, { later, start }) => isMap(wanted) && isMap(later) && all(LATER, wanted, later, { start }),
};

const LATER: Record<string, Check> = {
  expired: (wanted, later) => wanted === later.expired,
  results: (wanted, later) => matches(wanted, later.results),
  newStart: (wanted, later, { start }) => wanted !== true || !sameInstant(start, later.start),
};

/** Something that nothing here checks is a failure, so that no expectation passes unread. */
function all(checks: Record<string, Check>, expect: Got, got: Got, question: Got): boolean {
  return Object.entries(expect).every(([name, wanted]) => {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    return check?.(wanted, got, question) ?? false;
  });
}

function executionsOf({ executions }: Got): Got[] {
  return Array.isArray(executions) ? executions.filter(isMap) : [];
}

function sameInstant(wanted: unknown, got: unknown): boolean {
  return typeof got === 'string' && Date.parse(String(wanted)) === Date.parse(got);
}

function sameInstants(wanted: readonly unknown[], got: unknown): boolean {
  return (
    Array.isArray(got) && got.length === wanted.length && wanted.every((date, index) => sameInstant(date, got[index]))
  );
}

/** The same instant, written with the same offset. */
function sameMoment(wanted: unknown, got: unknown): boolean {
  if (isMap(wanted)) return matches(wanted, got);
  return sameInstant(wanted, got) && offsetOf(wanted) === offsetOf(got);
}

function offsetOf(text: unknown): string | undefined {
  return /(Z|[+-]\d\d:?\d\d)$/.exec(String(text))?.[1]?.replace(/^Z$|^[+-]00:?00$/, '+00:00');
}
