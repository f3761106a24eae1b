/** Labels and inputs that a trigger gives to the executions it starts. */
import type { MaybePromise } from '../expression/services.ts';
import type { Label } from '../flow/flow.ts';
import type { Result } from '../result.ts';

/** The labels of a trigger, rendered; one that cannot be rendered is left out, with the reason. */
export async function renderLabels(
  labels: readonly Label[],
  render: (template: string) => MaybePromise<Result<string, string>>,
): Promise<{ labels: Label[]; warnings: string[] }> {
  const rendered: Label[] = [];
  const warnings: string[] = [];
  for (const { key, value } of labels) {
    const text = await render(value);
    if (text.ok) rendered.push({ key, value: text.value });
    else warnings.push(`The label '${key}' is left out: ${text.error}`);
  }
  return { labels: rendered, warnings };
}

/** One label of each key: the later ones win, in the place of the first. */
export function mergeLabels(...lists: readonly (readonly Label[])[]): Label[] {
  return [...new Map(lists.flat().map((label) => [label.key, label])).values()];
}
