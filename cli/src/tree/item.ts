/** The things that a directory describes and a server holds, in one shape, so that planning need not know their kinds. */
import { createHash } from 'node:crypto';

/** In the order in which they are shown, and in which a namespace comes to be. */
export const KINDS = ['namespace', 'secret', 'kv', 'file', 'flow'] as const;
export type Kind = (typeof KINDS)[number];

export interface ItemRef {
  kind: Kind;
  namespace: string;
  /** A flow's id, a key, a path without its first slash; of the namespace itself its own name. */
  name: string;
}

/** Text where it is text, so that differences can be shown. */
export type Content = { text: string } | { base64: string };

/** What a directory asks for. */
export interface WantedItem extends ItemRef {
  /** The file that says so. */
  place: string;
  content: Content;
  /** Of a secret: the environment variable that holds its value. */
  variable?: string;
}

/** What the server holds. */
export interface PresentItem extends ItemRef {
  content: Content;
  /** Differs as soon as somebody has written the thing again. */
  base: string;
}

/** `flow/hello`: unique within a namespace. */
export function keyOf({ kind, name }: Pick<ItemRef, 'kind' | 'name'>): string {
  return `${kind}/${name}`;
}

export function fullKeyOf(item: ItemRef): string {
  return `${item.namespace}:${keyOf(item)}`;
}

export function contentOf(bytes: Uint8Array): Content {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') };
  }
}

export function bytesOf(content: Content): Uint8Array<ArrayBuffer> {
  return new Uint8Array('text' in content ? Buffer.from(content.text) : Buffer.from(content.base64, 'base64'));
}

/** Short, for a namespace may have hundreds: it tells versions apart, it protects nothing. */
export function digestOf(content: Content): string {
  return createHash('sha256').update(bytesOf(content)).digest('hex').slice(0, 16);
}

export function isSameContent(one: Content, other: Content): boolean {
  return 'text' in one && 'text' in other ? one.text === other.text : digestOf(one) === digestOf(other);
}

export function compareItems(one: ItemRef, other: ItemRef): number {
  return (
    compareTexts(one.namespace, other.namespace) ||
    KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind) ||
    compareTexts(one.name, other.name)
  );
}

/** By code unit, the same on every machine. */
function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
