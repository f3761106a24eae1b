/** The answer to "would this be accepted?": one for each document of a text, never a failure by status. */
import { z } from '@hono/zod-openapi';
import * as flows from '../db/flows.ts';
import * as namespaces from '../db/namespaces.ts';
import { compileFlows } from '../flow/compile.ts';
import type { Compiled, CompileOptions } from '../flow/compile.ts';
import { validationResult } from '../flow/validation-result.ts';
import { compileCached } from '../flow/compile-cache.ts';
import type { Tenant } from '../tenant.ts';

const DiagnosticView = z.object({
  severity: z.string(),
  code: z.string(),
  message: z.string(),
  path: z.string(),
  line: z.int(),
  column: z.int(),
  endLine: z.int(),
  endColumn: z.int(),
  suggestion: z.string().optional(),
});

export const Validation = z.object({
  index: z.int(),
  namespace: z.string().optional(),
  flow: z.string().optional(),
  /** Every error, a line each; absent when the document is valid. */
  constraints: z.string().optional(),
  /** The document names an older revision than the stored one. */
  outdated: z.boolean(),
  deprecationPaths: z.array(z.string()),
  warnings: z.array(z.string()),
  infos: z.array(z.string()),
  /** The same with places, for editors. */
  diagnostics: z.array(DiagnosticView),
});
export type Validation = z.infer<typeof Validation>;

export async function validateFlows(tenant: Tenant, text: string): Promise<Validation[]> {
  const documents = readDocuments(text, await namespaces.pluginDefaults(tenant));
  const outdated = await findOutdated(tenant, documents);
  return documents.map((document, index) => validationResult(document, { index, outdated: outdated.has(index) }));
}

/** One document, which is what editors and Terraform send, comes from memory when it was seen before. */
function readDocuments(
  text: string,
  pluginDefaults: CompileOptions['pluginDefaults'],
): (Compiled & { source: string })[] {
  if (pluginDefaults === undefined && !/^---(?=\s|$)/m.test(text)) return [{ source: text, ...compileCached(text) }];
  return compileFlows(text, { pluginDefaults });
}

/** Only a source with a `revision:` line can be older than what is stored: the rest needs no look-up. */
async function findOutdated(tenant: Tenant, documents: (Compiled & { source: string })[]): Promise<Set<number>> {
  const numbered = documents.flatMap(({ source, namespace, id }, index) => {
    const [, revision] = /^revision:\s*(\d+)\s*$/m.exec(source) ?? [];
    return revision === undefined || namespace === undefined || id === undefined
      ? []
      : [{ index, namespace, id, revision: Number(revision) }];
  });
  if (numbered.length === 0) return new Set();
  const stored = await flows.findAll(tenant, numbered);
  const isOlder = ({ namespace, id, revision }: (typeof numbered)[number]) =>
    stored.some((one) => one.namespace === namespace && one.id === id && one.revision > revision);
  return new Set(numbered.filter(isOlder).map(({ index }) => index));
}
