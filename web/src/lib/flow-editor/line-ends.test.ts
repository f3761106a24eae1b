import { EditorState } from '@codemirror/state';
import { describe, expect, test } from 'vitest';
import { lineEndsOf } from './line-ends.ts';

describe('a source in the editor', () => {
  test.each([
    ['line feeds', 'id: a\nnamespace: b\n'],
    ['carriage returns and line feeds', 'id: a\r\nnamespace: b\r\n'],
    ['carriage returns alone', 'id: a\rnamespace: b\r'],
    ['mixed line ends', 'id: a\r\nnamespace: b\ntasks:\r# old Mac\n'],
    ['no line end at all', 'id: a'],
    ['a byte order mark and trailing blanks', '\ufeffid: a  \n\n\n'],
    ['nothing', ''],
  ])('keeps its bytes with %s', (_what, source) => {
    const { extension, read } = lineEndsOf(source);
    expect(read(EditorState.create({ doc: source, extensions: extension }))).toBe(source);
  });

  test('gives what is pasted the line ends of the rest', () => {
    const { extension, read } = lineEndsOf('a\r\nb\r\n');
    const state = EditorState.create({ doc: 'a\r\nb\r\n', extensions: extension });
    const pasted = state.update({ changes: { from: 2, insert: state.toText('x\ny\n') } }).state;
    expect(read(pasted)).toBe('a\r\nx\r\ny\r\nb\r\n');
  });
});
