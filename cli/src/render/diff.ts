/** The lines that differ between two texts, with a little of what surrounds them. */
import type { Colors } from '../terminal.ts';

interface Line {
  mark: ' ' | '-' | '+';
  text: string;
}

const CONTEXT = 2;

export function renderDiff(before: string, after: string, colors: Colors): string[] {
  const lines = diffLines(before.split('\n'), after.split('\n'));
  const shown = lines.map((_, index) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ mark }) => mark !== ' '),
  );
  return lines.flatMap((line, index) => {
    if (shown[index] !== true) return shown[index - 1] === true ? [colors.dim('    …')] : [];
    const text = `  ${line.mark} ${line.text}`;
    return [line.mark === '+' ? colors.green(text) : line.mark === '-' ? colors.red(text) : colors.dim(text)];
  });
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
  const columns = after.length + 1;
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
