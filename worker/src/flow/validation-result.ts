/** The answer of the validate routes for one source. */
import type { Compiled } from './compile.ts';
import { formatDiagnostic } from './diagnostic.ts';
import type { Diagnostic, Severity } from './diagnostic.ts';

export interface ValidationResult {
  index: number;
  filename?: string;
  namespace?: string;
  flow?: string;
  /** Every fault on a line of its own; absent when there is none. */
  constraints?: string;
  /** The stored flow is newer than the source. */
  outdated: boolean;
  deprecationPaths: string[];
  warnings: string[];
  infos: string[];
  /** Ours: the same faults with their places. */
  diagnostics: Diagnostic[];
}

export function validationResult(
  { id, namespace, diagnostics }: Compiled,
  { index = 0, filename, outdated = false }: { index?: number; filename?: string; outdated?: boolean } = {},
): ValidationResult {
  const of = (severity: Severity): Diagnostic[] => diagnostics.filter((diagnostic) => diagnostic.severity === severity);
  const errors = of('error');
  return {
    index,
    ...(filename === undefined ? {} : { filename }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(id === undefined ? {} : { flow: id }),
    ...(errors.length === 0 ? {} : { constraints: errors.map(formatDiagnostic).join('\n') }),
    outdated,
    deprecationPaths: of('deprecation').map(({ path }) => path),
    warnings: of('warning').map(formatDiagnostic),
    infos: of('info').map(({ message }) => message),
    diagnostics,
  };
}
