import * as z from '../zod.ts';
import { dynamicTexts, text } from '../tasks/properties.ts';
import { RECOVER_MISSED_SCHEDULES } from './schedule.ts';
import { defineTrigger } from './trigger.ts';

export const scheduleOnDates = defineTrigger({
  kind: 'schedule',
  type: 'core.trigger.ScheduleOnDates',
  title: 'Start an execution at given dates',
  input: z.object({
    dates: dynamicTexts().describe('Date-times, in any order.'),
    timezone: text().optional().describe('Time zone of dates without an offset; UTC when absent.'),
    recoverMissedSchedules: z.enum(RECOVER_MISSED_SCHEDULES).optional().describe('Which missed dates are made up for.'),
  }),
  output: z.object({ date: z.string(), next: z.string().optional(), previous: z.string().optional() }),
  examples: [
    {
      title: 'Two dates',
      yaml: 'timezone: Europe/Paris\ndates:\n  - "2026-01-01T09:00:00+01:00"\n  - "2026-07-01T09:00:00+02:00"',
    },
  ],
});
