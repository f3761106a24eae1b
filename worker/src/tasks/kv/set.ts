import * as z from '../../zod.ts';
import { parseDuration } from '../../protocol/duration.ts';
import { parseJson, parseNumber } from '../../protocol/json.ts';
import type { Json } from '../../protocol/json.ts';
import { dynamic, dynamicBoolean, dynamicDuration, dynamicText, dynamicValue, milliseconds } from '../properties.ts';
import { defineEdgeTask, TaskFailure } from '../task.ts';

const KV_TYPES = ['STRING', 'NUMBER', 'BOOLEAN', 'DATETIME', 'DATE', 'DURATION', 'JSON'] as const;

export const setValue = defineEdgeTask({
  type: 'core.kv.Set',
  title: 'Store a value in the key-value store',
  input: z.object({
    key: dynamicText().describe('Its key.'),
    value: dynamicValue().describe('The value.'),
    namespace: dynamicText().optional().describe('Namespace of the store; the own one when absent.'),
    overwrite: dynamicBoolean().default(true).describe('Fail instead when the key exists.'),
    ttl: dynamicDuration().optional().describe('How long it is kept.'),
    kvType: dynamic(z.enum(KV_TYPES)).optional().describe('What a text is converted to.'),
    kvDescription: dynamicText().optional().describe('What it is for.'),
  }),
  examples: [
    {
      title: 'A number for a day',
      yaml: 'key: last_count\nvalue: "{{ outputs.count.values.total }}"\nkvType: NUMBER\nttl: P1D',
    },
  ],
  async run({ key, value, namespace, overwrite, ttl, kvType, kvDescription }, { kv, identity }) {
    const store = namespace ?? identity.namespace;
    if (!overwrite && (await kv.get(store, key)) !== undefined) throw keyExists(key);
    await kv.set(store, key, kvType === undefined ? (value as Json) : converted(value as Json, kvType), {
      overwrite,
      ttlMs: ttl === undefined ? undefined : milliseconds(ttl),
      type: kvType,
      description: kvDescription,
    });
  },
});

function keyExists(key: string): TaskFailure {
  return new TaskFailure(
    `Cannot set value for key '${key}'. Key already exists and \`overwrite\` is set to \`false\`.`,
  );
}

function converted(value: Json, type: (typeof KV_TYPES)[number]): Json {
  if (typeof value !== 'string') return type === 'STRING' ? String(value) : value;
  const text = value.trim();
  const refuse = (): never => {
    throw new TaskFailure(`Cannot store \`${value}\` as ${type}.`);
  };
  switch (type) {
    case 'STRING':
      return value;
    case 'NUMBER':
      return /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? parseNumber(text) : refuse();
    case 'BOOLEAN':
      return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : refuse();
    case 'DATETIME':
      return /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)) ? text : refuse();
    case 'DATE':
      return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : refuse();
    case 'DURATION':
      return parseDuration(text) === undefined ? refuse() : text;
    case 'JSON':
      try {
        return parseJson(text);
      } catch {
        return refuse();
      }
  }
}
