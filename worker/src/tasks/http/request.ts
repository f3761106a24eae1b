import * as z from '../../zod.ts';
import { dynamicBoolean } from '../properties.ts';
import { defineEdgeTask, TaskFailure } from '../task.ts';
import { bodyMax, headersOf, send } from './exchange.ts';
import { httpProperties } from './http-properties.ts';
import { readText } from './read-text.ts';

export const request = defineEdgeTask({
  type: 'core.http.Request',
  aliases: ['fs.http.Request'],
  title: 'Send an HTTP request and return its response',
  description:
    'The body is returned as a text; for files use core.http.Download. A status of 400 and above fails the task.',
  input: z.object({
    ...httpProperties,
    encryptBody: dynamicBoolean().default(false).describe('Return the body encrypted; not available yet.'),
  }),
  output: z.object({
    uri: z.string().describe('Where the response came from.'),
    code: z.int().describe('Its status.'),
    headers: z.record(z.string(), z.array(z.string())).describe('Its headers by their lower-case names.'),
    body: z.string().describe('Its body.'),
  }),
  examples: [
    { title: 'Fetch a page', yaml: 'uri: https://example.com' },
    {
      title: 'Post JSON with a token',
      yaml: `uri: https://example.com/api/items
method: POST
contentType: application/json
body: '{"name": "{{ inputs.name }}"}'
options:
  auth: { type: BEARER, token: "{{ secret('API_TOKEN') }}" }`,
    },
  ],
  async run(input, context) {
    if (input.encryptBody) throw new TaskFailure('`encryptBody` is not available yet.');
    const response = await send(input, context);
    const body = await readText(response, bodyMax(input), input.options?.defaultCharset);
    context.metric({ name: 'response.length', type: 'counter', value: body.length, tags: { response: 'body' } });
    return { uri: response.url || input.uri, code: response.status, headers: headersOf(response), body };
  },
});
