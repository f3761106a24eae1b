/** Terraform's HTTP state backend, as its client speaks it. */
import { z } from 'zod';
import { TERRAFORM_STATE_NAME_CHARS_MAX } from '../limits.ts';

export const TerraformStateName = z
  .string()
  .max(TERRAFORM_STATE_NAME_CHARS_MAX)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be letters, digits, dots, hyphens and underscores');

/** What LOCK sends, and what whoever finds the state locked is shown. Other members are kept. */
export const TerraformLock = z
  .looseObject({ ID: z.string().min(1).max(200), Operation: z.string().optional(), Who: z.string().optional() })
  .meta({ id: 'TerraformLock' });
export type TerraformLock = z.infer<typeof TerraformLock>;

export const TerraformVersion = z
  .object({
    serial: z.int(),
    lineage: z.string(),
    md5: z.string(),
    size: z.int(),
    createdAt: z.iso.datetime(),
    createdBy: z.string(),
    /** It took the place of one that it does not follow: `state push -force`, or a roll-back. */
    forced: z.boolean(),
  })
  .meta({ id: 'TerraformVersion' });
export type TerraformVersion = z.infer<typeof TerraformVersion>;

export const TerraformStatus = z
  .object({ name: z.string(), current: TerraformVersion.optional(), lock: TerraformLock.optional() })
  .meta({ id: 'TerraformState' });
export type TerraformStatus = z.infer<typeof TerraformStatus>;

/** The members of a state that say which one it is. */
export interface StateHead {
  version: number;
  serial: number;
  lineage: string;
}

const Head = z.object({ version: z.int(), serial: z.int().min(0), lineage: z.string().min(1).max(200) });

/** Reads the head without making the document: a state has up to 20 MB, which would be several times that as objects.
 *  Undefined for what is no JSON object or has no such members. */
export function readStateHead(bytes: Uint8Array): StateHead | undefined {
  const members = scanObject(bytes, new Set(Object.keys(Head.shape)));
  const head = Head.safeParse(members);
  return head.success ? head.data : undefined;
}

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c];
const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d]);

/** The wanted scalar members of the outermost object; undefined when brackets or quotes do not match up. */
function scanObject(bytes: Uint8Array, wanted: ReadonlySet<string>): Record<string, unknown> | undefined {
  const members: Record<string, unknown> = {};
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== 0x7b) return undefined;
  at = skipSpace(bytes, at + 1);
  while (bytes[at] === QUOTE) {
    const keyEnd = endOfString(bytes, at);
    const key = parse(bytes, at, keyEnd);
    at = skipSpace(bytes, keyEnd);
    if (bytes[at] !== COLON) return undefined;
    at = skipSpace(bytes, at + 1);
    const end = endOfValue(bytes, at);
    if (end <= at) return undefined;
    if (typeof key === 'string' && wanted.has(key)) members[key] = parse(bytes, at, end);
    at = skipSpace(bytes, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
    else break;
  }
  return bytes[at] === 0x7d && skipSpace(bytes, at + 1) === bytes.length ? members : undefined;
}

function endOfValue(bytes: Uint8Array, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) {
      at = endOfString(bytes, at) - 1;
      if (depth === 0) return at + 1;
    } else if (OPENING.has(byte)) depth++;
    else if (CLOSING.has(byte)) {
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (depth === 0 && (byte === COMMA || isSpace(byte))) return at;
  }
  return bytes.length;
}

function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) return at + 1;
  }
  return bytes.length;
}

function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && isSpace(bytes[at])) at++;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function parse(bytes: Uint8Array, start: number, end: number): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes.subarray(start, end)));
  } catch {
    return undefined;
  }
}
