/** A source leaves the editor as it came, byte for byte, although CodeMirror makes every kind of line end the same.
 *  Carriage return and line feed throughout: put back when the text is read. Mixed ends: each `\r` stays inside its line. */
import { EditorState, type Extension } from '@codemirror/state';

export interface LineEnds {
  extension: Extension;
  /** The text as a file would hold it. */
  read(state: EditorState): string;
}

export function lineEndsOf(source: string): LineEnds {
  const ends = new Set(source.match(/\r\n|\n|\r/g));
  if (ends.size === 1 && ends.has('\r\n')) {
    return { extension: [], read: (state) => state.sliceDoc().replaceAll('\n', '\r\n') };
  }
  const isMixed = [...ends].some((end) => end !== '\n');
  return {
    extension: isMixed ? EditorState.lineSeparator.of('\n') : [],
    read: (state) => state.sliceDoc(),
  };
}
