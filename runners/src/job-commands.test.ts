import { describe, expect, test } from 'vitest';
import { stringifyJson } from '../../worker/src/protocol/json.ts';
import { JobResults, readCommand, readCommandLine } from './job-commands.ts';

function read(line: string) {
  const command = readCommandLine(line);
  if (command === null || !command.ok) throw new Error(`not a command: ${line}`);
  return command.value;
}

describe('a line of output', () => {
  test('that fully matches ::{…}:: is a command', () => {
    const { outputs, metrics, logs } = read(
      '::{"outputs":{"a":1},"metrics":[{"name":"rows","type":"counter","value":2,"tags":{"t":"x"}}],"logs":[{"level":"warning","message":"m"}]}::',
    );
    expect(outputs).toEqual({ a: 1 });
    expect(metrics).toEqual([{ name: 'rows', type: 'counter', value: 2, tags: { t: 'x' } }]);
    expect(logs).toEqual([{ level: 'WARN', message: 'm' }]);
  });

  test.each(['hello', 'x ::{"outputs":{}}::', '::{"outputs":{}}:: x', '::notice::', ':::{}::', ''])(
    '%j is not',
    (line) => {
      expect(readCommandLine(line)).toBeNull();
    },
  );

  test.each([
    ['::{"outputs":}::', 'it is not JSON'],
    ['::{"outputs":[1]}::', 'outputs: must be a map'],
    ['::{"metrics":[{"type":"counter","value":1}]}::', /^metrics\.0\.name: /],
    ['::{"metrics":[{"name":"a","type":"gauge","value":1}]}::', /^metrics\.0\.type: /],
  ])('%s tells what is wrong', (line, error) => {
    const command = readCommandLine(line);
    expect(command?.ok).toBe(false);
    if (command?.ok === false) expect(command.error).toMatch(error);
  });

  test('gives timers in milliseconds', () => {
    expect(read('::{"metrics":[{"name":"took","type":"timer","value":1.5}]}::').metrics[0]?.value).toBe(1500);
  });

  test('keeps numbers that no double holds', () => {
    expect(stringifyJson(read('::{"outputs":{"id":12345678901234567890}}::').outputs)).toBe(
      '{"id":12345678901234567890}',
    );
  });
});

test('the last of several outputs with one name counts, and no name changes an object’s nature', () => {
  const results = new JobResults();
  for (const json of ['{"outputs":{"a":1,"b":1}}', '{"outputs":{"a":2,"__proto__":{"x":1}}}']) {
    const command = readCommand(json);
    if (command.ok) results.add(command.value);
  }
  const vars = results.vars();
  expect(JSON.stringify(vars)).toBe('{"a":2,"b":1,"__proto__":{"x":1}}');
  expect(vars['x']).toBeUndefined();
});
