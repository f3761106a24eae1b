import * as z from '../zod.ts';
import { httpProperties } from '../tasks/http/http-properties.ts';
import { durationText, dynamicBoolean, expressionText } from '../tasks/properties.ts';
import { defineTrigger } from './trigger.ts';

export const httpTrigger = defineTrigger({
  kind: 'polling',
  type: 'core.http.Trigger',
  aliases: ['fs.http.Trigger'],
  title: 'Start an execution when a URL answers as wanted',
  input: z.object({
    ...httpProperties,
    interval: durationText().optional().describe('Time between two requests; a minute when absent.'),
    responseCondition: expressionText()
      .optional()
      .describe('Expression on `response.statusCode`, `response.body` and `response.headers`.'),
    encryptBody: dynamicBoolean().optional(),
  }),
  output: z.object({
    uri: z.string(),
    code: z.int(),
    headers: z.record(z.string(), z.array(z.string())),
    body: z.string(),
  }),
  examples: [
    { title: 'When a service is back', yaml: 'uri: https://example.com/health\ninterval: PT5M\nstopAfter: [SUCCESS]' },
  ],
});
