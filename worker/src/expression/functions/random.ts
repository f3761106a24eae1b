import { integerOf, optionalText } from '../callable.ts';
import { argumentFault } from '../error.ts';
import type { ExpressionFunction } from '../callable.ts';
import type { Run } from '../run.ts';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const URL_ALPHABET = `${BASE62}_-`;
const ID_LENGTH = 22;
const NANO_ID_LENGTH = 21;
const NANO_ID_LENGTH_MAX = 1_000;

const RANDOM_STEPS = 30;

export const randomFunctions: readonly ExpressionFunction[] = [
  {
    name: 'uuid',
    parameters: [],
    steps: RANDOM_STEPS,
    about: 'A random UUID (version 4).',
    call: (_args, run) => uuid(bytes(16, run)),
  },
  {
    name: 'id',
    parameters: [],
    steps: RANDOM_STEPS,
    about: 'A random id of letters and digits.',
    call: (_args, run) => pick(ID_LENGTH, BASE62, run),
  },
  {
    name: 'nanoId',
    parameters: ['length', 'alphabet'],
    steps: RANDOM_STEPS,
    about: 'A random id of a length, from the characters of an alphabet.',
    call([length, alphabet], run) {
      const size = length === undefined || length === null ? NANO_ID_LENGTH : integerOf(length, 'length');
      if (size < 1 || size > NANO_ID_LENGTH_MAX)
        throw argumentFault(`\`length\` must be between 1 and ${NANO_ID_LENGTH_MAX}`);
      return pick(size, optionalText(alphabet, 'alphabet', run) ?? URL_ALPHABET, run);
    },
  },
  {
    name: 'ksuid',
    parameters: [],
    steps: RANDOM_STEPS,
    about: 'A random id that sorts by the time it was made.',
    call: (_args, run) =>
      ksuid(
        run.ask(() => run.services.now()),
        bytes(16, run),
      ),
  },
  {
    name: 'randomInt',
    parameters: ['lower', 'upper'],
    about: 'A random whole number, at least `lower` and less than `upper`.',
    call([lower, upper], run) {
      const [from, to] = [integerOf(lower, 'lower'), integerOf(upper, 'upper')];
      if (from > to) throw argumentFault('`lower` must not be greater than `upper`');
      return from + Math.floor(random(run) * (to - from));
    },
  },
  {
    name: 'randomPort',
    parameters: [],
    about: 'A random port number of the range that no service is assigned to.',
    call: (_args, run) => FIRST_PRIVATE_PORT + Math.floor(random(run) * (LAST_PORT - FIRST_PRIVATE_PORT + 1)),
  },
];

const FIRST_PRIVATE_PORT = 49_152;
const LAST_PORT = 65_535;

function random(run: Run): number {
  return run.ask(() => run.services.random());
}

function bytes(count: number, run: Run): Uint8Array {
  return run.ask(() => run.services.randomBytes(count));
}

function uuid(raw: Uint8Array): string {
  const data = Uint8Array.from(raw);
  data[6] = ((data[6] ?? 0) & 0x0f) | 0x40;
  data[8] = ((data[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Each character as likely as the others: bytes that would favour some are drawn again. */
function pick(length: number, alphabet: string, run: Run): string {
  const characters = [...alphabet];
  if (characters.length === 0 || characters.length > 256)
    throw argumentFault('`alphabet` must have 1 to 256 characters');
  const usable = 256 - (256 % characters.length);
  let id = '';
  for (let count = 0; count < length;) {
    run.meter.spend(length);
    for (const byte of bytes(length, run)) {
      if (byte >= usable || count === length) continue;
      id += characters[byte % characters.length];
      count++;
    }
  }
  return id;
}

const KSUID_EPOCH_SECONDS = 1_400_000_000;
const KSUID_LENGTH = 27;

function ksuid(nowMs: number, payload: Uint8Array): string {
  let value = BigInt(Math.floor(nowMs / 1000) - KSUID_EPOCH_SECONDS);
  for (const byte of payload) value = (value << 8n) | BigInt(byte);
  let text = '';
  for (; value > 0n; value /= 62n) text = (BASE62[Number(value % 62n)] ?? '') + text;
  return text.padStart(KSUID_LENGTH, '0');
}
