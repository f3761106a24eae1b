import * as z from '../zod.ts';
import { text } from '../tasks/properties.ts';
import { defineTrigger } from './trigger.ts';

export const webhook = defineTrigger({
  kind: 'webhook',
  type: 'core.trigger.Webhook',
  aliases: ['io.kestra.core.models.triggers.types.Webhook'],
  title: 'Start an execution when a URL is called',
  description:
    'The key is the only secret of the URL: take a long random one, or an expression like `{{ secret("WEBHOOK_KEY") }}`.',
  input: z.object({
    key: z.string().min(1).max(256).describe('Last part of the URL.'),
    wait: z.boolean().optional().describe('Answer when the execution has ended.'),
    returnOutputs: z.boolean().optional().describe('Answer with the outputs of the flow.'),
    responseContentType: text().optional().describe('Type of the answer.'),
    responseCode: z.int().min(100).max(599).optional().describe('Status of the answer.'),
  }),
  output: z.object({
    body: z.unknown().describe('Body of the call: parsed when it is JSON.'),
    headers: z.record(z.string(), z.array(z.string())).describe('Its headers.'),
    parameters: z.record(z.string(), z.array(z.string())).describe('Its query.'),
  }),
  examples: [{ title: 'With a key from the secrets', yaml: 'key: "{{ secret(\'WEBHOOK_KEY\') }}"' }],
});
