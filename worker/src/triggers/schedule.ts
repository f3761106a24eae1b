import * as z from '../zod.ts';
import type { JsonObject } from '../protocol/json.ts';
import { isTimeZone } from '../protocol/time-zone.ts';
import { parseCron } from '../schedule/cron.ts';
import { deprecated, durationText, extension, text, withRules } from '../tasks/properties.ts';
import type { Problem } from '../tasks/properties.ts';
import { conditionDefinitions } from './conditions/registry.ts';
import { defineTrigger } from './trigger.ts';

export const RECOVER_MISSED_SCHEDULES = ['ALL', 'LAST', 'NONE'] as const;

export const schedule = defineTrigger({
  kind: 'schedule',
  type: 'core.trigger.Schedule',
  aliases: ['io.kestra.core.models.triggers.types.Schedule'],
  title: 'Start an execution at the times of a cron expression',
  input: withRules(
    z.object({
      cron: z
        .string()
        .describe('Minute, hour, day of month, month and day of week; or @hourly, @daily, @weekly, @monthly, @yearly.'),
      withSeconds: z.boolean().optional().describe('The expression has a field of seconds before the others.'),
      timezone: text().optional().describe('Time zone of the expression; UTC when absent.'),
      scheduleConditions: deprecated(
        z.array(extension(() => conditionDefinitions)),
        'Use `conditions` instead of `scheduleConditions`.',
      ).optional(),
      lateMaximumDelay: durationText().optional().describe('A time that is missed by more than this is skipped.'),
      recoverMissedSchedules: z
        .enum(RECOVER_MISSED_SCHEDULES)
        .optional()
        .describe('Which missed times are made up for.'),
      backfill: deprecated(
        z.record(z.string(), z.unknown()),
        'Start a backfill from the page of the trigger, or with the API.',
      ).optional(),
      interval: z.unknown().optional(),
    }),
    rules,
  ),
  output: z.object({
    date: z.string().describe('The time it is for.'),
    next: z.string().optional().describe('The time after it.'),
    previous: z.string().optional().describe('The time before it.'),
  }),
  examples: [
    { title: 'Every morning in Paris', yaml: 'cron: "0 9 * * *"\ntimezone: Europe/Paris' },
    { title: 'Every hour, and only the last missed time', yaml: 'cron: "@hourly"\nrecoverMissedSchedules: LAST' },
  ],
});

function rules({ cron, withSeconds, timezone, interval }: JsonObject): Problem[] {
  const problems: Problem[] = [];
  const parsed = typeof cron === 'string' ? parseCron(cron, { withSeconds: withSeconds === true }) : undefined;
  if (parsed?.ok === false) problems.push({ path: ['cron'], message: parsed.error });
  if (typeof timezone === 'string' && !isTimeZone(timezone)) {
    problems.push({ path: ['timezone'], message: `Invalid timezone: '${timezone}'. Use a name like Europe/Paris.` });
  }
  if (interval !== undefined && interval !== null) problems.push({ path: ['interval'], message: 'must be null' });
  return problems;
}
