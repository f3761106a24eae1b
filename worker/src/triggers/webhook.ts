import * as z from '../zod.ts';
import { text } from '../tasks/properties.ts';
import { defineTrigger } from './trigger.ts';
import { WebhookSignature } from './webhook-signature.ts';

export const webhook = defineTrigger({
  kind: 'webhook',
  type: 'core.trigger.Webhook',
  aliases: ['io.kestra.core.models.triggers.types.Webhook'],
  title: 'Start an execution when a URL is called',
  description:
    'The key is the only secret of the URL: take a long random one, or an expression like `{{ secret("WEBHOOK_KEY") }}`.',
  input: z.object({
    key: z.string().min(1).max(256).describe('Last part of the URL.'),
    signature: WebhookSignature.optional().describe(
      'Calls that are not signed with this secret are refused with 403, and signed ones after five minutes.',
    ),
    wait: z.boolean().optional().describe('Answer when the execution has ended.'),
    returnOutputs: z.boolean().optional().describe('Answer with the outputs of the flow.'),
    responseContentType: text().optional().describe('Type of the answer.'),
    responseCode: z.int().min(100).max(599).optional().describe('Status of the answer.'),
  }),
  output: z.object({
    body: z.unknown().describe('Body of the call: parsed when it is JSON, otherwise its text.'),
    form: z
      .record(z.string(), z.array(z.string()))
      .optional()
      .describe('Fields of a form, each with the values that it was sent with.'),
    files: z
      .array(z.object({ uri: z.string(), name: z.string(), contentType: z.string(), size: z.int(), field: z.string() }))
      .optional()
      .describe('Files of a form, or the body itself when it is neither text nor JSON.'),
    headers: z.record(z.string(), z.array(z.string())).describe('Its headers.'),
    parameters: z.record(z.string(), z.array(z.string())).describe('Its query.'),
    path: z.string().optional().describe('What the URL has after the key.'),
  }),
  examples: [
    { title: 'With a key from the secrets', yaml: 'key: "{{ secret(\'WEBHOOK_KEY\') }}"' },
    {
      title: 'Signed by GitHub',
      yaml: 'key: pushes-Yk3vT9\nsignature:\n  preset: GITHUB\n  secret: "{{ secret(\'GITHUB_WEBHOOK\') }}"',
    },
  ],
});
