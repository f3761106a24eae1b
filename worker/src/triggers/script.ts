/** Triggers that run a script on a runner and fire by how it ends. */
import * as z from '../zod.ts';
import { durationText, dynamicText, dynamicTexts } from '../tasks/properties.ts';
import { LANGUAGES } from '../tasks/scripts/script-tasks.ts';
import { ScriptOutput, scriptProperties } from '../tasks/scripts/script-properties.ts';
import { defineTrigger } from './trigger.ts';
import type { TriggerDefinition } from './trigger.ts';

const polling = {
  ...scriptProperties,
  interval: durationText().optional().describe('Time between two runs; a minute when absent.'),
  exitCondition: dynamicText().optional().describe('`exit 0`, or a regular expression that the output must match.'),
  edge: z.boolean().optional().describe('Fire only when the condition begins to hold; true when absent.'),
};

export const scriptTriggers: readonly TriggerDefinition[] = LANGUAGES.flatMap(({ name, title, command }) => [
  defineTrigger({
    kind: 'polling',
    type: `scripts.${name}.ScriptTrigger`,
    title: `Start an execution by how a ${title} script ends`,
    input: z.object({ script: dynamicText().describe('The text of the script.'), ...polling }),
    output: ScriptOutput,
    examples: [{ title: 'Every five minutes', yaml: 'script: "exit 0"\nexitCondition: exit 0\ninterval: PT5M' }],
  }),
  defineTrigger({
    kind: 'polling',
    type: `scripts.${name}.CommandsTrigger`,
    title: `Start an execution by how shell commands end, where ${title} is installed`,
    input: z.object({ commands: dynamicTexts().describe('Shell lines; they share one process.'), ...polling }),
    output: ScriptOutput,
    examples: [
      { title: 'Every five minutes', yaml: `commands:\n  - ${command}\nexitCondition: exit 0\ninterval: PT5M` },
    ],
  }),
]);
