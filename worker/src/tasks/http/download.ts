import * as z from '../../zod.ts';
import { dynamicBoolean, dynamicText } from '../properties.ts';
import { defineEdgeTask, TaskFailure } from '../task.ts';
import { headersOf, send } from './exchange.ts';
import { fileNameOf } from './file-name.ts';
import { httpProperties } from './http-properties.ts';

export const download = defineEdgeTask({
  type: 'core.http.Download',
  aliases: ['fs.http.Download'],
  title: 'Send an HTTP request and store the body of its response as a file',
  input: z.object({
    ...httpProperties,
    failOnEmptyResponse: dynamicBoolean().default(true).describe('Fail when the response has no body.'),
    saveAs: dynamicText().optional().describe('Name of the file; that of the response when absent.'),
  }),
  output: z.object({
    uri: z.string().describe('URI of the file.'),
    code: z.int().describe('Status of the response.'),
    length: z.int().describe('Size of the file in bytes.'),
    headers: z.record(z.string(), z.array(z.string())).describe('Headers of the response by their lower-case names.'),
  }),
  examples: [{ title: 'Fetch a table', yaml: 'uri: https://example.com/orders.csv' }],
  async run(input, context) {
    const response = await send(input, context);
    const name = input.saveAs ?? fileNameOf(response, input.uri);
    const { uri, size } = await context.storage.put(name, response.body ?? '');
    const announced = response.headers.get('content-length');
    // With an encoding the header counts the bytes on the wire.
    if (
      announced !== null &&
      !response.headers.has('content-encoding') &&
      response.body !== null &&
      Number(announced) !== size
    ) {
      throw new TaskFailure(`Invalid size, got ${size} bytes, expected ${announced}`);
    }
    if (size === 0 && input.failOnEmptyResponse) throw new TaskFailure(`No response body for ${input.uri}`);
    context.metric({ name: 'response.length', type: 'counter', value: size, tags: {} });
    return { uri, code: response.status, length: size, headers: headersOf(response) };
  },
});
