/** A plan for a person: what will happen, namespace by namespace, and a line that sums it up. */
import { fullKeyOf, KINDS, type Content } from '../tree/item.ts';
import { countChanges, type Change, type Plan } from '../tree/plan.ts';
import type { Colors } from '../terminal.ts';
import { renderDiff } from './diff.ts';

export function renderPlan(plan: Plan, colors: Colors): string {
  const lines: string[] = [];
  for (const [namespace, changes] of Map.groupBy(plan.changes, (change) => change.namespace)) {
    lines.push(colors.bold(namespace));
    const width = Math.max(...changes.map(({ name }) => name.length));
    for (const change of changes) lines.push(...renderChange(change, width, colors));
    lines.push('');
  }
  for (const { namespace, name, place } of plan.missingSecrets) {
    lines.push(
      colors.red(`! secret ${namespace}/${name} is not on the server, and ${place} names no variable for it.`),
    );
  }
  if (plan.missingSecrets.length > 0) lines.push('');
  lines.push(summaryOf(plan, colors), ...remarksOn(plan, colors));
  return lines.join('\n');
}

function renderChange(change: Change, width: number, colors: Colors): string[] {
  const place = change.action === 'delete' ? '' : change.place;
  const title = `${change.kind.padEnd(KIND_WIDTH)}  ${change.name.padEnd(width)}`;
  const lines = [`  ${paintAction(change, title, colors)}  ${colors.dim(place)}`.trimEnd()];
  if (change.action !== 'create' && change.isDrift) {
    lines.push(
      `      ${colors.yellow('! changed on the server after it was last applied; that change would be lost')}`,
    );
  }
  if (change.action !== 'delete' && change.variable !== undefined) {
    lines.push(colors.dim(`      its value comes from $${change.variable}`));
  }
  if (change.action === 'update') lines.push(...renderContents(change.before, change.after, colors).map(indent));
  return lines;
}

const KIND_WIDTH = Math.max(...KINDS.map((kind) => kind.length));

export function paintAction({ action }: Pick<Change, 'action'>, title: string, colors: Colors): string {
  switch (action) {
    case 'create':
      return colors.green(`+ ${title}`);
    case 'update':
      return colors.yellow(`~ ${title}`);
    case 'delete':
      return colors.red(`- ${title}`);
  }
}

/** The hunks of a text; of bytes only that they differ. */
export function renderContents(before: Content, after: Content, colors: Colors): string[] {
  if ('text' in before && 'text' in after) return renderDiff(before.text, after.text, colors);
  return [colors.dim(`${sizeOf(before)} became ${sizeOf(after)}`)];
}

function sizeOf(content: Content): string {
  return 'text' in content ? 'a text' : `${Buffer.byteLength(content.base64, 'base64')} bytes`;
}

export function indent(line: string): string {
  return line === '' ? line : `      ${line}`;
}

/** `Plan: 2 to create, 1 to update, 0 to delete.` */
export function summaryOf(plan: Plan, colors: Colors): string {
  const counts = countChanges(plan.changes);
  const text = `Plan: ${counts.create} to create, ${counts.update} to update, ${counts.delete} to delete.`;
  return plan.changes.length === 0 ? `${text} The server holds what the files say.` : colors.bold(text);
}

function remarksOn(plan: Plan, colors: Colors): string[] {
  const remarks: string[] = [];
  const changed = new Set(plan.changes.map(fullKeyOf));
  const adopted = Object.keys(plan.managed).length > 0 && changed.size === 0;
  if (adopted) remarks.push('apply will note that these files manage what is there already.');
  if (plan.leftovers.length > 0) {
    const names = plan.leftovers.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
    const some = names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
    remarks.push(`Kept, though no file is left for it: ${some}. --prune deletes what was applied from files.`);
  }
  return remarks.map((remark) => colors.dim(remark));
}
