import { describe, expect, test } from 'vitest';
import { RUNNER_COMMAND_LINE_BYTES_MAX, RUNNER_LINE_BYTES_MAX } from '../../worker/src/limits.ts';
import { OutputLines } from './output-lines.ts';

function linesOf(...chunks: (string | number[])[]): string[] {
  const lines = new OutputLines();
  const out: string[] = [];
  for (const chunk of chunks)
    out.push(...lines.push(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : Uint8Array.from(chunk)));
  return [...out, ...lines.end()];
}

describe('output is cut into lines', () => {
  test('wherever its chunks end', () => {
    expect(linesOf('a\nb', 'c\n', '\nd')).toEqual(['a', 'bc', '', 'd']);
    expect(linesOf('a\n')).toEqual(['a']);
    expect(linesOf()).toEqual([]);
  });

  test('with either kind of line end', () => {
    expect(linesOf('a\r', '\nb\r\n')).toEqual(['a', 'b']);
  });

  test('and a character that is split between chunks stays whole', () => {
    const [first = 0, second = 0, third = 0] = new TextEncoder().encode('€');
    expect(linesOf([first], [second, third, 10])).toEqual(['€']);
  });

  test('and bytes that are no UTF-8 become replacement characters', () => {
    expect(linesOf([0x61, 0xff, 0x62, 10, 0xe2, 0x82])).toEqual(['a\uFFFDb', '\uFFFD']);
  });

  test('and a line that is too long says how much was cut', () => {
    const [line = '', next] = linesOf('x'.repeat(RUNNER_LINE_BYTES_MAX), 'yyy\nnext\n');
    expect(line).toBe(`${'x'.repeat(RUNNER_LINE_BYTES_MAX)} … (3 more characters cut)`);
    expect(next).toBe('next');
  });

  test('but a line that speaks to Rondo may be longer, also when its start is split', () => {
    const body = `{"outputs":{"a":"${'x'.repeat(RUNNER_LINE_BYTES_MAX)}"}}::`;
    expect(linesOf(':', ':', body, '\n')).toEqual([`::${body}`]);
    expect(linesOf(`::{${'x'.repeat(RUNNER_COMMAND_LINE_BYTES_MAX)}\n`)[0]).toMatch(/\(3 more characters cut\)$/);
  });
});
