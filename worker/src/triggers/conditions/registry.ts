/** Every condition type: the only list. */
import type { ConditionDefinition } from '../trigger.ts';
import { dateTimeBetween } from './date-time-between.ts';
import { dayWeekInMonth } from './day-week-in-month.ts';
import { dayWeek } from './day-week.ts';
import { executionFlow } from './execution-flow.ts';
import { executionLabels } from './execution-labels.ts';
import { executionNamespace } from './execution-namespace.ts';
import { executionOutputs } from './execution-outputs.ts';
import { executionStatus } from './execution-status.ts';
import { expression } from './expression.ts';
import { flowCondition } from './flow-condition.ts';
import { flowNamespaceCondition } from './flow-namespace-condition.ts';
import { hasRetryAttempt } from './has-retry-attempt.ts';
import { multipleCondition } from './multiple-condition.ts';
import { not } from './not.ts';
import { or } from './or.ts';
import { publicHoliday } from './public-holiday.ts';
import { timeBetween } from './time-between.ts';
import { weekend } from './weekend.ts';

export const conditionDefinitions: readonly ConditionDefinition[] = [
  dateTimeBetween,
  dayWeek,
  dayWeekInMonth,
  executionFlow,
  executionLabels,
  executionNamespace,
  executionOutputs,
  executionStatus,
  expression,
  flowCondition,
  flowNamespaceCondition,
  hasRetryAttempt,
  multipleCondition,
  not,
  or,
  publicHoliday,
  timeBetween,
  weekend,
];
