/** Drift for a person: what the server holds against what the files say. */
import { KINDS } from '../tree/item.ts';
import { countDrift, type Drift } from '../tree/drift.ts';
import type { Colors } from '../terminal.ts';
import { indent, renderContents } from './plan.ts';

const KIND_WIDTH = Math.max(...KINDS.map((kind) => kind.length));

export function renderDrift(drifts: readonly Drift[], colors: Colors): string {
  const lines: string[] = [];
  for (const [namespace, some] of Map.groupBy(drifts, (drift) => drift.namespace)) {
    lines.push(colors.bold(namespace));
    const width = Math.max(...some.map(({ name }) => name.length));
    for (const drift of some) {
      const [mark, words] = told(drift, colors);
      lines.push(`  ${mark} ${drift.kind.padEnd(KIND_WIDTH)}  ${drift.name.padEnd(width)}  ${colors.dim(words)}`);
      // From the file to the server: a plus is what somebody has added there.
      if (drift.drift === 'changed' && drift.wanted !== undefined && drift.present !== undefined)
        lines.push(...renderContents(drift.wanted, drift.present, colors).map(indent));
    }
    lines.push('');
  }
  return [...lines, driftSummary(drifts, colors)].join('\n');
}

function told({ drift, present }: Drift, colors: Colors): [mark: string, words: string] {
  switch (drift) {
    case 'changed':
      return [colors.yellow('~'), 'changed on the server'];
    case 'gone':
      return [colors.red('-'), 'gone from the server'];
    case 'unmanaged':
      return [colors.green('+'), 'on the server, in no file'];
    case 'waiting':
      return [colors.blue('…'), present === undefined ? 'new, not applied yet' : 'the file is newer, not applied yet'];
  }
}

/** `Drift: 1 changed, 0 gone, 2 in no file; 1 not applied yet.` */
export function driftSummary(drifts: readonly Drift[], colors: Colors): string {
  if (drifts.length === 0) return 'No drift: the server holds what the files say.';
  const { changed, gone, unmanaged, waiting } = countDrift(drifts);
  return colors.bold(`Drift: ${changed} changed, ${gone} gone, ${unmanaged} in no file; ${waiting} not applied yet.`);
}
