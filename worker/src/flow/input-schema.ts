/** The members of an input's definition, by its type. */
import * as z from '../zod.ts';
import { regularExpressions } from '../expression/parts.ts';
import type { JsonObject } from '../protocol/json.ts';
import { deprecated, durationText, text, withRules } from '../tasks/properties.ts';
import type { Problem } from '../tasks/properties.ts';
import type { InputType } from './flow.ts';
import { INPUT_TYPES } from './flow.ts';
import { INPUT_ID } from './schema.ts';

export const InputBase = z.object({
  id: z.string().regex(INPUT_ID).optional().describe('How expressions name it; dots nest.'),
  name: deprecated(z.string().regex(INPUT_ID), '`name` of an input is now called `id`.').optional(),
  type: z.string(),
  description: text().optional(),
  displayName: z.string().max(64).optional(),
  required: z.boolean().optional().describe('True when absent.'),
  defaults: z.unknown().optional().describe('The value when none is given; a text may be an expression.'),
  prefill: z.unknown().optional().describe('What a form shows at first; it does not count as given.'),
  dependsOn: z
    .object({ inputs: z.array(text()), condition: text().optional(), when: text().optional() })
    .optional()
    .describe('Ask for this input only when others have certain values.'),
});

const choices = {
  values: z.array(text()).optional().describe('What may be chosen.'),
  expression: text().optional().describe('Expression that gives the list of what may be chosen.'),
  allowCustomValue: z.boolean().optional().describe('Accept other values too.'),
  autoSelectFirst: z.boolean().optional().describe('Choose the first one when none is given.'),
};

const ITEM_TYPES = INPUT_TYPES.filter((type) => type !== 'ARRAY' && type !== 'MULTISELECT' && type !== 'FORM');
const text0 = z.object({});
const select = withRules(z.object({ ...choices, isRadio: z.boolean().optional() }), (input) =>
  oneSource(input, 'values'),
);
const moment = z.object({ after: text().optional(), before: text().optional() });
const bounded = z.object({ min: z.number().optional(), max: z.number().optional() });
const validated = withRules(
  z.object({ validator: text().optional().describe('Regular expression that the whole text must match.') }),
  ({ validator }) => (typeof validator === 'string' ? patternProblems(validator) : []),
);

/** The own members of each type. */
export const INPUT_SHAPES: Record<InputType, z.ZodObject> = {
  STRING: validated,
  SELECT: select,
  ENUM: select,
  MULTISELECT: withRules(
    z.object({
      ...choices,
      options: deprecated(z.array(text()), '`options` is now called `values`.').optional(),
      itemType: z.enum(ITEM_TYPES).optional(),
    }),
    (input) => [
      ...oneSource(input, 'values', 'options'),
      ...(isSet(input.values) && isSet(input.options)
        ? [{ message: 'you cannot define both `values` and `options`' }]
        : []),
    ],
  ),
  INT: z.object({ min: z.int().optional(), max: z.int().optional() }),
  FLOAT: bounded,
  BOOLEAN: text0,
  BOOL: text0,
  DATETIME: moment,
  DATE: moment,
  TIME: moment,
  DURATION: z.object({ min: durationText().optional(), max: durationText().optional() }),
  FILE: z.object({
    extension: text().optional(),
    allowedFileExtensions: z.array(text()).optional(),
    accept: text().optional(),
  }),
  JSON: z.object({ jsonSchema: z.unknown().optional() }),
  YAML: text0,
  URI: text0,
  EMAIL: text0,
  SECRET: validated,
  ARRAY: z.object({ itemType: z.enum(ITEM_TYPES) }),
  FORM: z.object({ inputs: z.array(z.unknown()).optional() }),
};

function oneSource(input: JsonObject, ...lists: string[]): Problem[] {
  const hasList = lists.some((name) => isSet(input[name]));
  const hasExpression = isSet(input.expression);
  if (hasList && hasExpression) return [{ message: 'you cannot define both `values` and `expression`' }];
  return hasList || hasExpression ? [] : [{ message: 'you must define either `values` or `expression`' }];
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Patterns are RE2's, which cannot look around or back, and therefore never take long. They are checked where RE2 is loaded:
 *  always on the server, in an editor as soon as it has it. */
function patternProblems(validator: string): Problem[] {
  try {
    regularExpressions.loaded?.compile(validator);
    return [];
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return [{ path: ['validator'], message: `\`${validator}\` is not a regular expression of RE2: ${reason}` }];
  }
}
