/** Senders that sign what they send, each in a way of its own. */
import * as z from '../zod.ts';
import { dynamicText } from '../tasks/properties.ts';

export const SIGNATURE_PRESETS = ['GITHUB', 'STRIPE', 'SLACK', 'STANDARD_WEBHOOKS'] as const;
export type SignaturePreset = (typeof SIGNATURE_PRESETS)[number];

export const WebhookSignature = z.object({
  preset: z
    .enum(SIGNATURE_PRESETS)
    .describe('Who signs: GitHub, Stripe, Slack, or a sender that follows Standard Webhooks.'),
  secret: dynamicText().describe(
    'The secret shared with the sender; best an expression like `{{ secret("GITHUB_WEBHOOK") }}`.',
  ),
});
