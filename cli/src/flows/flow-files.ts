/** Flows of a file, which may hold several documents. */
import { loadParts } from '../../../worker/src/expression/index.ts';
import { compileFlows, type CompiledDocument } from '../../../worker/src/flow/compile.ts';
import { formatDiagnostic } from '../../../worker/src/flow/diagnostic.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';

/** A document of a file, compiled: places count from the top of the file. */
export interface FlowDocument extends CompiledDocument {
  /** The file as the user would name it. */
  file: string;
}

export interface NamedFlow {
  file: string;
  source: string;
  namespace: string;
  id: string;
}

/** Every document of a text; `file` is where it came from. */
export async function readDocuments(file: string, text: string): Promise<FlowDocument[]> {
  // Without them, patterns of inputs are not checked.
  await loadParts();
  return compileFlows(text).map((document) => ({ ...document, file }));
}

/** The document as something that can be deployed: the server judges the rest, but a name it must have. */
export function nameFlow({ file, source, id, namespace, diagnostics }: FlowDocument): NamedFlow {
  if (id !== undefined && namespace !== undefined) return { file, source, id, namespace };
  const [first] = diagnostics;
  const place = first === undefined ? file : `${file}:${first.line}`;
  throw new CliError(
    `${place}: ${first === undefined ? 'the flow has no id or no namespace' : formatDiagnostic(first)}`,
    {
      exitCode: EXIT.validation,
      remedy: `rondo validate ${file} shows every fault`,
    },
  );
}
