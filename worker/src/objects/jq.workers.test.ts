import { expect, test } from 'vitest';
import { jq } from './jq.ts';

test('real jq runs inside the Worker', async () => {
  expect(await jq('.value | keys', { value: { sub: 1, bool: true } })).toEqual([['bool', 'sub']]);
  await expect(jq('.a', 3)).rejects.toThrow('Cannot index number with string "a"');
});
