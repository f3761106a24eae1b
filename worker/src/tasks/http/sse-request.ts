import * as z from '../../zod.ts';
import { dynamicBoolean, expressionText } from '../properties.ts';
import { notAvailableYet } from '../not-available-yet.ts';
import { defineEdgeTask } from '../task.ts';
import { httpProperties } from './http-properties.ts';

export const sseRequest = defineEdgeTask({
  type: 'core.http.SseRequest',
  title: 'Read a stream of server-sent events',
  input: z.object({
    ...httpProperties,
    concatJsonExpression: expressionText().optional().describe('Expression on each event whose texts are joined.'),
    failedOnMissing: dynamicBoolean().default(false),
  }),
  output: z.object({
    size: z.int().describe('Number of events.'),
    result: z.string().optional().describe('The joined texts.'),
  }),
  examples: [{ title: 'Read a stream', yaml: 'uri: https://example.com/events' }],
  run: () => notAvailableYet('core.http.SseRequest'),
});
