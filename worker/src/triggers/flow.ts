import * as z from '../zod.ts';
import type { JsonObject } from '../protocol/json.ts';
import { STATES } from '../protocol/states.ts';
import { durationText, dynamicText, labels, text, withRules } from '../tasks/properties.ts';
import type { Problem } from '../tasks/properties.ts';
import { TimeWindow } from './time-window.ts';
import { defineTrigger } from './trigger.ts';

export const FILTER_FIELDS = ['FLOW_ID', 'NAMESPACE', 'STATE', 'EXPRESSION'] as const;
export const FILTER_TYPES = [
  'EQUAL_TO',
  'NOT_EQUAL_TO',
  'IN',
  'NOT_IN',
  'IS_TRUE',
  'IS_FALSE',
  'IS_NULL',
  'IS_NOT_NULL',
  'STARTS_WITH',
  'ENDS_WITH',
  'REGEX',
  'CONTAINS',
] as const;

const LIST_FILTERS = new Set(['IN', 'NOT_IN']);
const BARE_FILTERS = new Set(['IS_TRUE', 'IS_FALSE', 'IS_NULL', 'IS_NOT_NULL']);

const Filter = withRules(
  z.object({
    field: z.enum(FILTER_FIELDS).describe('What is compared.'),
    type: z.enum(FILTER_TYPES).describe('How.'),
    value: dynamicText().optional().describe('With what; for EXPRESSION, the expression.'),
    values: z.array(dynamicText()).optional().describe('With what, for IN and NOT_IN.'),
  }),
  filterRules,
);

const Preconditions = z.object({
  id: text().describe('Names what has been met so far; a new id starts anew.'),
  description: text().optional(),
  timeWindow: TimeWindow.optional().describe('The time in which all must be met.'),
  resetOnSuccess: z.boolean().optional().describe('Begin anew after an execution was started; true when absent.'),
  flows: z
    .array(
      z.object({
        namespace: text(),
        flowId: text().optional(),
        states: z.array(z.enum(STATES)).optional(),
        labels: labels().optional(),
      }),
    )
    .optional()
    .describe('Each must have had an execution.'),
  where: z
    .array(z.object({ id: text(), operand: z.enum(['AND', 'OR']).optional(), filters: z.array(Filter).min(1) }))
    .optional()
    .describe('Each must fit some execution.'),
});

const Window = z.object({
  deadline: text().optional().describe('Time of day.'),
  from: text().optional().describe('Time of day when the window opens.'),
  to: text().optional().describe('Time of day when the window closes.'),
  every: durationText().optional().describe('Length of windows that follow each other.'),
  offset: durationText().optional().describe('How far they are moved from midnight.'),
  lookback: durationText().optional().describe('How far back executions count.'),
  fireOnce: z.boolean().optional().describe('At most one execution for each window.'),
});

export const flowTrigger = defineTrigger({
  kind: 'flow',
  type: 'core.trigger.Flow',
  aliases: ['io.kestra.core.models.triggers.types.Flow'],
  title: 'Start an execution when others reach a state',
  input: withRules(
    z.object({
      states: z
        .array(z.enum(STATES))
        .optional()
        .describe('The states that count; all in which an execution rests when absent.'),
      preconditions: Preconditions.optional().describe('Several executions that must have come together.'),
      dependsOn: z
        .array(
          z.object({
            flowId: text().optional(),
            namespace: text().optional(),
            states: z.array(z.enum(STATES)).optional(),
            labels: labels().optional(),
            when: text().optional(),
          }),
        )
        .optional()
        .describe('The flows it waits for.'),
      mode: z.enum(['ALL', 'ANY', 'AT_LEAST']).optional().describe('How many of them.'),
      minSatisfied: z.int().min(1).optional().describe('How many, for AT_LEAST.'),
      window: Window.optional().describe('The time in which they must come together.'),
      onMiss: z
        .object({ behavior: z.enum(['FAIL', 'NONE']).optional(), labels: labels().optional() })
        .optional()
        .describe('What happens when the window closes before they have.'),
    }),
    triggerRules,
  ),
  output: z.object({
    executionId: z.string(),
    namespace: z.string(),
    flowId: z.string(),
    flowRevision: z.int(),
    state: z.string(),
    outputs: z.record(z.string(), z.unknown()).optional().describe('Outputs of that execution.'),
  }),
  examples: [
    {
      title: 'After another flow has succeeded',
      yaml: `conditions:
  - { type: core.condition.ExecutionFlow, namespace: company.team, flowId: extract }
  - { type: core.condition.ExecutionStatus, in: [SUCCESS] }
inputs: { file: "{{ trigger.outputs.file }}" }`,
    },
    {
      title: 'After two flows on the same day',
      yaml: `preconditions:
  id: both
  timeWindow: { type: DAILY_TIME_DEADLINE, deadline: "09:00:00" }
  flows:
    - { namespace: company.team, flowId: extract-a, states: [SUCCESS] }
    - { namespace: company.team, flowId: extract-b, states: [SUCCESS] }`,
    },
    {
      title: 'Any of two flows',
      yaml: 'dependsOn:\n  - { flowId: a, namespace: company.team }\n  - { flowId: b, namespace: company.team }\nmode: ANY',
    },
  ],
  warn(source) {
    const names = ['conditions', 'preconditions', 'dependsOn', 'when'];
    const isBounded = names.some((name) => (source[name] ?? null) !== null);
    return isBounded
      ? undefined
      : 'This trigger fires for every execution of every flow: add conditions, preconditions or dependsOn.';
  },
});

function filterRules({ field, type, value, values }: JsonObject): Problem[] {
  if (typeof type !== 'string' || !(FILTER_TYPES as readonly string[]).includes(type)) return [];
  const problems: Problem[] = [];
  const hasValue = (value ?? null) !== null;
  const hasValues = (values ?? null) !== null;
  const complain = (message: string) => problems.push({ message });
  if (LIST_FILTERS.has(type)) {
    if (!hasValues) complain(`\`values\` cannot be null for type ${type}`);
    if (hasValue) complain(`\`value\` must be null for type ${type}`);
  } else {
    if (hasValues) complain(`\`values\` must be null for type ${type}`);
    const needsValue = BARE_FILTERS.has(type) ? field === 'EXPRESSION' : true;
    if (needsValue && !hasValue) complain(`\`value\` cannot be null for type ${type}`);
    if (!needsValue && hasValue) complain(`\`value\` must be null for type ${type}`);
  }
  if (field === 'EXPRESSION' && !BARE_FILTERS.has(type))
    complain(`The field EXPRESSION cannot be compared with ${type}: use ${[...BARE_FILTERS].join(', ')}`);
  return problems;
}

function triggerRules({ mode, minSatisfied, dependsOn, window }: JsonObject): Problem[] {
  const problems: Problem[] = [];
  if (mode === 'AT_LEAST' && (minSatisfied ?? null) === null)
    problems.push({ path: ['minSatisfied'], message: 'must not be null for mode AT_LEAST' });
  if (typeof minSatisfied === 'number' && Array.isArray(dependsOn) && minSatisfied > dependsOn.length) {
    problems.push({
      path: ['minSatisfied'],
      message: `must be at most ${dependsOn.length}, the number of flows in dependsOn`,
    });
  }
  if ((window ?? null) !== null && (dependsOn ?? null) === null)
    problems.push({ path: ['window'], message: 'needs dependsOn' });
  return problems;
}
