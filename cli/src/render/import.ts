/** The report of an import, the good news first. */
import type { ImportReport, Remarks } from '../tree/import-report.ts';
import type { Colors } from '../terminal.ts';

export function renderImport(report: ImportReport, skipped: readonly string[], colors: Colors): string {
  const { maps, differs, missing, missingTypes, secrets, keys } = report;
  return [
    `${colors.green('✓')} ${count(maps.length, 'flow')} ${maps.length === 1 ? 'maps' : 'map'} as written`,
    ...section(`${colors.yellow('~')} ${count(differs.length, 'flow')} will run, with a difference`, differs, colors),
    ...section(`${colors.red('✗')} ${count(missing.length, 'flow')} cannot run yet`, missing, colors),
    ...(missingTypes.length === 0 ? [] : ['', colors.bold('Types that are missing here, and how many flows use them')]),
    ...missingTypes.map(({ type, flows }) => `  ${String(flows).padStart(4)}  ${type}`),
    ...names('Secrets to set', secrets, colors),
    ...names('Keys that flows read, and no export holds', keys, colors),
    ...(skipped.length === 0 ? [] : ['', colors.bold('Neither flows nor files of a namespace, left out')]),
    ...skipped.map((path) => `  ${path}`),
  ].join('\n');
}

function section(title: string, items: readonly Remarks[], colors: Colors): string[] {
  if (items.length === 0) return [];
  const lines = items.flatMap(({ flow, remarks }) => [
    `    ${flow.namespace}/${flow.id} ${colors.dim(flow.file)}`,
    ...remarks.map((remark) => `      ${remark}`),
  ]);
  return [title, ...lines];
}

function names(title: string, found: ReadonlyMap<string, ReadonlySet<string>>, colors: Colors): string[] {
  if (found.size === 0) return [];
  return [
    '',
    colors.bold(title),
    ...Array.from(found, ([namespace, some]) => `  ${namespace}: ${[...some].toSorted().join(', ')}`),
  ];
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
