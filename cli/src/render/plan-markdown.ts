/** A plan as a comment on a pull request: a table to see it at once, and the differences folded away below. */
import { noColors } from '../terminal.ts';
import type { Change, Plan } from '../tree/plan.ts';
import { renderContents, summaryOf } from './plan.ts';

/** By this line the comment of an earlier plan is found again. */
export const COMMENT_MARK = '<!-- rondo plan -->';

/** GitHub takes 65,536 characters; the rest is for what others add. */
const CHARACTERS_MAX = 60_000;

export function renderMarkdown(plan: Plan): string {
  const head = [COMMENT_MARK, `### ${summaryOf(plan, noColors)}`, ...warnings(plan), ...table(plan.changes)];
  let length = head.join('\n').length;
  let omitted = 0;
  const details = plan.changes.flatMap((change) => {
    const text = detail(change);
    length += text.length + 1;
    if (length <= CHARACTERS_MAX) return text === '' ? [] : [text];
    omitted += 1;
    return [];
  });
  const tail =
    omitted === 0 ? [] : [`_${omitted} more differences are too long for a comment; see the log of the run._`];
  return [...head, ...details, ...tail].join('\n');
}

function table(changes: readonly Change[]): string[] {
  if (changes.length === 0) return [];
  const rows = changes
    .slice(0, ROWS_MAX)
    .map(({ action, kind, namespace, name }) => `| ${MARKS[action]} | ${kind} | ${cell(namespace)} | ${cell(name)} |`);
  const more = changes.length - rows.length;
  return [
    '',
    '| | | namespace | name |',
    '|---|---|---|---|',
    ...rows,
    ...(more > 0 ? [`| | | | and ${more} more |`] : []),
    '',
  ];
}

const ROWS_MAX = 200;
const MARKS = { create: '**+** create', update: '**~** update', delete: '**−** delete' } as const;

function cell(text: string): string {
  return `\`${text.replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}

function warnings({ changes, missingSecrets }: Plan): string[] {
  const drifted = changes.filter((change) => change.action !== 'create' && change.isDrift).length;
  return [
    ...(drifted === 0
      ? []
      : ['', `> **${drifted} changed on the server** after they were last applied; those changes would be lost.`]),
    ...missingSecrets.map(({ namespace, name }) => `\n> Secret ${cell(`${namespace}/${name}`)} is not on the server.`),
  ];
}

function detail(change: Change): string {
  if (change.action !== 'update') return '';
  const lines = renderContents(change.before, change.after, noColors);
  if (lines.length === 0) return '';
  // A fence longer than any in the text cannot be closed by it.
  const longest = Math.max(2, ...Array.from(lines.join('\n').matchAll(/`+/g), ([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  const title = `${change.kind} ${cell(`${change.namespace}/${change.name}`)}`;
  return [
    `<details><summary>${title.replaceAll('`', '')}</summary>`,
    '',
    `${fence}diff`,
    ...lines,
    fence,
    '</details>',
    '',
  ].join('\n');
}
