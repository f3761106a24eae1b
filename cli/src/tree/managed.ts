/** Which objects of a namespace came from files, and what they were then: a member of the namespace's document. It is not
 *  in the sources, which stay as their authors wrote them, nor in the key-value store, where flows would see and could
 *  change it; it goes away with the namespace, and the digests tell who changed a thing: the files, or somebody else. */
import { isJsonObject, type Json, type JsonObject } from '../../../worker/src/protocol/json.ts';

export const MARKER = 'managedBy';
const TOOL = 'rondo';

/** `flow/hello` -> the digest of its content when it was applied. */
export type Managed = Readonly<Record<string, string>>;

export function managedOf(document: JsonObject | undefined): Managed {
  const marker = document?.[MARKER];
  if (!isJsonObject(marker) || !isJsonObject(marker['objects'] ?? null)) return {};
  return Object.fromEntries(Object.entries(marker['objects'] ?? {}).flatMap(textEntry));
}

function textEntry([name, value]: [string, Json]): [string, string][] {
  return typeof value === 'string' ? [[name, value]] : [];
}

/** The document with this marker; sorted, so that equal sets are equal texts. */
export function withManaged(document: JsonObject, managed: Managed): JsonObject {
  const objects = Object.fromEntries(Object.entries(managed).toSorted(([one], [other]) => (one < other ? -1 : 1)));
  return { ...document, [MARKER]: { tool: TOOL, objects } };
}

/** What the user says about a namespace: the document without its name and without what the server and we add. */
export function userMembers({ id: _id, deleted: _deleted, [MARKER]: _marker, ...rest }: JsonObject): JsonObject {
  return rest;
}
