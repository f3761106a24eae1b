/** What differs between two texts, in the form of `diff -u`. */
import type { Colors } from '../terminal.ts';

interface Line {
  mark: ' ' | '-' | '+';
  text: string;
}

const CONTEXT = 3;
/** Above, the comparison would take more memory than the answer is worth: the middle is then shown as gone and come. */
const CELLS_MAX = 16_000_000;

/** Hunks, each with its head; nothing when the texts are equal. */
export function renderDiff(before: string, after: string, colors: Colors): string[] {
  if (before === after) return [];
  const lines = diffLines(linesOf(before), linesOf(after));
  const output: string[] = [];
  let oldLine = 1;
  let newLine = 1;
  let index = 0;
  for (const { start, end } of hunksOf(lines)) {
    for (; index < start; index++) advance(lines[index]);
    const hunk = lines.slice(start, end);
    const count = (mark: Line['mark']) => hunk.filter((line) => line.mark !== mark).length;
    output.push(colors.cyan(`@@ -${range(oldLine, count('+'))} +${range(newLine, count('-'))} @@`));
    for (const line of hunk) output.push(...paint(line, colors));
    for (; index < end; index++) advance(lines[index]);
  }
  return output;

  function advance(line: Line | undefined): void {
    if (line?.mark !== '+') oldLine++;
    if (line?.mark !== '-') newLine++;
  }
}

function paint({ mark, text }: Line, colors: Colors): string[] {
  // A carriage return would hide in the terminal; here it may be all that differs.
  const line = `${mark}${text.replace(/\r?\n$/, (end) => (end === '\n' ? '' : '␍'))}`;
  const painted = mark === '+' ? colors.green(line) : mark === '-' ? colors.red(line) : line;
  return text.endsWith('\n') ? [painted] : [painted, colors.dim('\\ No newline at end of file')];
}

/** Lines with their ends, for a missing one is a difference, too. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

function range(start: number, length: number): string {
  return length === 1 ? `${start}` : `${length === 0 ? start - 1 : start},${length}`;
}

function hunksOf(lines: Line[]): { start: number; end: number }[] {
  const hunks: { start: number; end: number }[] = [];
  for (const [index, { mark }] of lines.entries()) {
    if (mark === ' ') continue;
    const last = hunks.at(-1);
    const end = Math.min(lines.length, index + CONTEXT + 1);
    if (last !== undefined && index - CONTEXT <= last.end) last.end = end;
    else hunks.push({ start: Math.max(0, index - CONTEXT), end });
  }
  return hunks;
}

/** The longest common subsequence, after equal beginnings and ends are set aside: flows are small, edits smaller. */
function diffLines(before: string[], after: string[]): Line[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < before.length - head && tail < after.length - head && before.at(-1 - tail) === after.at(-1 - tail))
    tail++;
  const same = (texts: string[]): Line[] => texts.map((text) => ({ mark: ' ', text }));
  return [
    ...same(before.slice(0, head)),
    ...diffMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...same(before.slice(before.length - tail)),
  ];
}

function diffMiddle(before: string[], after: string[]): Line[] {
  const gone = (texts: string[]): Line[] => texts.map((text) => ({ mark: '-', text }));
  const come = (texts: string[]): Line[] => texts.map((text) => ({ mark: '+', text }));
  const columns = after.length + 1;
  if ((before.length + 1) * columns > CELLS_MAX) return [...gone(before), ...come(after)];
  const lengths = new Uint32Array((before.length + 1) * columns);
  const at = (i: number, j: number) => lengths[i * columns + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      lengths[i * columns + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const [old, fresh] = [before[i], after[j]];
    if (old !== undefined && old === fresh) {
      lines.push({ mark: ' ', text: old });
      i++;
      j++;
    } else if (old !== undefined && (fresh === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ mark: '-', text: old });
      i++;
    } else if (fresh !== undefined) {
      lines.push({ mark: '+', text: fresh });
      j++;
    }
  }
  return lines;
}
