/** States live in the key-value store of the namespace, under a key made of flow, name and iteration value. */
import * as z from '../../zod.ts';
import { isJsonObject } from '../../protocol/json.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { dynamicBoolean, dynamicText } from '../properties.ts';
import type { EdgeContext, RunIdentity } from '../task.ts';

export const stateProperties = {
  name: dynamicText().default('default').describe('Name of the state.'),
  namespace: dynamicBoolean()
    .default(false)
    .describe('Shared by all flows of the namespace; otherwise of this flow alone.'),
  taskrunValue: dynamicBoolean().default(true).describe('A state of its own for each iteration value.'),
};

const StateInput = z.object(stateProperties);
type StateInput = z.output<typeof StateInput>;

export function stateKey({ name, namespace, taskrunValue }: StateInput, { flowId, iteration }: RunIdentity): string {
  const value = iteration.at(-1);
  const suffix = taskrunValue && value !== undefined ? `_${hash(value)}` : '';
  return `${namespace ? '' : `${flowId}_`}states_tasks-states_${name}${suffix}`;
}

export async function readState(key: string, { kv, identity }: EdgeContext): Promise<JsonObject | undefined> {
  const entry = await kv.get(identity.namespace, key);
  return entry !== undefined && isJsonObject(entry.value) ? entry.value : undefined;
}

/** FNV-1a with 64 bits: an iteration value may hold what a key may not. */
function hash(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text))
    value = BigInt.asUintN(64, (value ^ BigInt(byte)) * 0x100000001b3n);
  return value.toString(16).padStart(16, '0');
}
