/** Rendering a text once, or until it stays as it is. */
import { Fault } from './error.ts';
import { hasTags } from './lexer.ts';
import { toText } from './text.ts';
import type { Run } from './run.ts';

/** One pass over a text with the variables as they are. */
export function renderPass(source: string, run: Run): string {
  if (!hasTags(source)) return source;
  const template = run.template(source);
  return run.nested(template.height, run.locals, () => {
    if (template.value !== undefined) return toText(template.value(run), run);
    template.emit(run);
    return run.out;
  });
}

/** Passes until nothing changes. The text of raw blocks takes no part in the passes after its own. */
export function renderUntilStable(source: string, run: Run): string {
  const outermost = !run.keepsRaw;
  run.keepsRaw = true;
  let text = source;
  for (let pass = 0; hasTags(text); pass++) {
    if (pass >= run.meter.budget.passes) {
      throw new Fault(
        'expression_passes_exceeded',
        `Too many rendering attempts: the text still changes after ${pass} passes`,
      );
    }
    const next = renderPass(text, run);
    if (next === text) break;
    text = next;
  }
  if (!outermost) return text;
  run.keepsRaw = false;
  return run.restoreRaw(text);
}
