import * as z from '../zod.ts';
import type { JsonObject } from '../protocol/json.ts';
import { durationText, text, withRules } from '../tasks/properties.ts';
import type { Problem } from '../tasks/properties.ts';

export const TIME_WINDOW_TYPES = [
  'DURATION_WINDOW',
  'SLIDING_WINDOW',
  'DAILY_TIME_DEADLINE',
  'DAILY_TIME_WINDOW',
] as const;

/** The members each type may have; those it must have come first. */
const MEMBERS: Record<string, { must: string[]; may: string[] }> = {
  DURATION_WINDOW: { must: [], may: ['window', 'windowAdvance'] },
  SLIDING_WINDOW: { must: [], may: ['window'] },
  DAILY_TIME_DEADLINE: { must: ['deadline'], may: [] },
  DAILY_TIME_WINDOW: { must: ['startTime', 'endTime'], may: [] },
};

const NOUNS: Record<string, string> = {
  window: 'window',
  windowAdvance: 'window advance',
  deadline: 'deadline',
  startTime: 'start time',
  endTime: 'end time',
};

/** The time in which all of several conditions must be met. */
export const TimeWindow = withRules(
  z.object({
    type: z.enum(TIME_WINDOW_TYPES).optional().describe('DURATION_WINDOW when absent.'),
    window: durationText().optional().describe('How long a window is; a day when absent.'),
    windowAdvance: durationText().optional().describe('How far windows are moved from midnight.'),
    deadline: text().optional().describe('Time of day until which the conditions must be met.'),
    startTime: text().optional().describe('Time of day when the window opens.'),
    endTime: text().optional().describe('Time of day when the window closes.'),
  }),
  rules,
);

function rules(source: JsonObject): Problem[] {
  const type = typeof source.type === 'string' ? source.type : 'DURATION_WINDOW';
  const members = Object.hasOwn(MEMBERS, type) ? MEMBERS[type] : undefined;
  if (members === undefined) return [];
  const problems: Problem[] = [];
  for (const [name, noun] of Object.entries(NOUNS)) {
    const isSet = source[name] !== undefined && source[name] !== null;
    if (!isSet && members.must.includes(name))
      problems.push({ message: `Time window of type \`${type}\` must have a ${noun}.` });
    if (isSet && !members.must.includes(name) && !members.may.includes(name)) {
      problems.push({ path: [name], message: `Time window of type \`${type}\` cannot have a ${noun}.` });
    }
    if (isSet && /[tT]ime$|deadline/.test(name) && !TIME_OF_DAY.test(String(source[name]))) {
      problems.push({
        path: [name],
        message: `Invalid time of day: ${String(source[name])}. Write it like 09:30:00, with an offset if needed.`,
      });
    }
  }
  return problems;
}

export const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}(:\d{2})?)?$/;
