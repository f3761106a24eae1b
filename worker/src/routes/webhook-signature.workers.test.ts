import { afterEach, describe, expect, test, vi } from 'vitest';
import { parseJson } from '../protocol/json.ts';
import type { Json } from '../protocol/json.ts';
import type { SignaturePreset } from '../triggers/webhook-signature.ts';
import { verifySignature } from './webhook-signature.ts';

interface Sample {
  preset: SignaturePreset;
  secret: string;
  body: string;
  headers: Record<string, string>;
  sentAt: number;
  delivery?: string;
}

const SLACK_SIGNATURE = 'v0=d8aa6b46801e9b37b3fb7011e123554424a32855f9e4486ca3316c68ef583597';

/** GitHub's is that of its own documentation. */
const SAMPLES: readonly Sample[] = [
  {
    preset: 'GITHUB',
    secret: "It's a Secret to Everybody",
    body: 'Hello, World!',
    headers: { 'X-Hub-Signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' },
    sentAt: 1_700_000_000,
  },
  {
    preset: 'STRIPE',
    secret: 'whsec_stripe',
    body: '{"id":"evt_1"}',
    headers: {
      'Stripe-Signature': `t=1700000000,v1=${'0'.repeat(64)},v1=881f7ed0fa1ed08a7f9383302d02ecf24f710c914423bb9d1b830fd60b6a93bb,v0=ab`,
    },
    sentAt: 1_700_000_000,
    delivery: 'evt_1',
  },
  {
    preset: 'SLACK',
    secret: '8f742231b10e8888abcd99yyyzzz85a5',
    body: 'command=%2Fdeploy&text=now',
    headers: { 'X-Slack-Request-Timestamp': '1531420618', 'X-Slack-Signature': SLACK_SIGNATURE },
    sentAt: 1_531_420_618,
    delivery: SLACK_SIGNATURE,
  },
  {
    preset: 'STANDARD_WEBHOOKS',
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    body: '{"test": 2432232314}',
    headers: {
      'Webhook-Id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'Webhook-Timestamp': '1614265330',
      'Webhook-Signature': 'v1a,AAAA v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
    sentAt: 1_614_265_330,
    delivery: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  },
];

function verify({ preset, secret, body, headers, sentAt }: Sample, lateSeconds = 0) {
  const call = {
    headers: new Headers(headers),
    bytes: new TextEncoder().encode(body),
    body: jsonIn(body),
    now: (sentAt + lateSeconds) * 1000,
  };
  return verifySignature(preset, secret, call);
}

function jsonIn(text: string): Json {
  return text.startsWith('{') ? parseJson(text) : text;
}

afterEach(() => vi.restoreAllMocks());

describe.each(SAMPLES)('a call signed as $preset', (sample) => {
  test('is known by its signature, and by the name of its delivery', async () => {
    expect(await verify(sample)).toEqual({ ok: true, value: sample.delivery ? { delivery: sample.delivery } : {} });
  });

  test('is refused when its body or the secret is another one', async () => {
    const refusal = { ok: false, error: expect.stringContaining('does not fit') };
    expect(await verify({ ...sample, body: `${sample.body} ` })).toEqual(refusal);
    const secret = sample.secret.replace(/..$/, (end) => end.toUpperCase() + (end === end.toUpperCase() ? 'aa' : ''));
    expect(await verify({ ...sample, secret })).toEqual(refusal);
  });

  test('is refused without its headers, and with broken ones', async () => {
    expect(await verify({ ...sample, headers: {} })).toEqual({ ok: false, error: expect.stringContaining('missing') });
    const broken = Object.fromEntries(Object.keys(sample.headers).map((name) => [name, 'sha256=nothing']));
    expect(await verify({ ...sample, headers: broken })).toEqual({
      ok: false,
      error: expect.stringContaining('malformed'),
    });
  });

  test('is compared in constant time', async () => {
    const compare = vi.spyOn(crypto.subtle, 'timingSafeEqual');
    await verify(sample);
    expect(compare).toHaveBeenCalled();
  });

  test('needs a secret', async () => {
    expect(await verify({ ...sample, secret: '' })).toMatchObject({ ok: false });
  });
});

describe.each(SAMPLES.filter(({ preset }) => preset !== 'GITHUB'))('a call signed as $preset', (sample) => {
  test.each([
    [299, true],
    [-299, true],
    [301, false],
    [-301, false],
  ])('with a clock %i seconds away is accepted: %s', async (late, accepted) => {
    expect((await verify(sample, late)).ok).toBe(accepted);
  });
});
