/** What becomes of flows that were written for Kestra: which map as they are, which differ, and what is missing here. */
import { formatDiagnostic, type Diagnostic } from '../../../worker/src/flow/diagnostic.ts';

export interface ImportedFlow {
  file: string;
  namespace: string;
  id: string;
  source: string;
  diagnostics: readonly Diagnostic[];
}

export interface Remarks {
  flow: ImportedFlow;
  remarks: string[];
}

export interface ImportReport {
  maps: ImportedFlow[];
  /** They run, and their authors should know something about it. */
  differs: Remarks[];
  /** They cannot run as they are. */
  missing: Remarks[];
  /** Task and trigger types that are not here, the most used first. */
  missingTypes: { type: string; flows: number }[];
  /** What expressions read, and no export holds: namespace -> names. */
  secrets: Map<string, Set<string>>;
  keys: Map<string, Set<string>>;
}

export function reportImport(flows: readonly ImportedFlow[]): ImportReport {
  const told = flows.map((flow) => ({
    flow,
    errors: remarks(flow, isError),
    others: remarks(flow, (one) => !isError(one)),
  }));
  return {
    maps: told.filter(({ errors, others }) => errors.length + others.length === 0).map(({ flow }) => flow),
    differs: told
      .filter(({ errors, others }) => errors.length === 0 && others.length > 0)
      .map(({ flow, others }) => ({ flow, remarks: others })),
    missing: told.filter(({ errors }) => errors.length > 0).map(({ flow, errors }) => ({ flow, remarks: errors })),
    missingTypes: countTypes(flows),
    secrets: namesIn(flows, SECRET_CALL),
    keys: namesIn(flows, KV_CALL),
  };
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}

function remarks({ diagnostics }: ImportedFlow, isWanted: (diagnostic: Diagnostic) => boolean): string[] {
  return diagnostics
    .filter((diagnostic) => diagnostic.severity !== 'info' && isWanted(diagnostic))
    .map((diagnostic) => `line ${diagnostic.line}: ${formatDiagnostic(diagnostic)}`);
}

const UNKNOWN_TYPE = /^Invalid type: (.+)$/;

function countTypes(flows: readonly ImportedFlow[]): ImportReport['missingTypes'] {
  const counts = new Map<string, number>();
  for (const { diagnostics } of flows) {
    const types = diagnostics.flatMap(({ code, message }) =>
      code === 'unknown-type' ? (UNKNOWN_TYPE.exec(message)?.[1] ?? []) : [],
    );
    for (const type of new Set(types)) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return Array.from(counts, ([type, count]) => ({ type, flows: count })).toSorted(
    (one, other) => other.flows - one.flows || (one.type < other.type ? -1 : 1),
  );
}

/** Names that an expression gives literally; those it computes cannot be known. */
const SECRET_CALL = /\bsecret\(\s*(?:key\s*=\s*)?(['"])(?<name>[\w.-]+)\1/g;
const KV_CALL = /\bkv\(\s*(?:key\s*=\s*)?(['"])(?<name>[\w.-]+)\1/g;

function namesIn(flows: readonly ImportedFlow[], call: RegExp): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  for (const { namespace, source } of flows) {
    for (const { groups } of source.matchAll(call)) {
      if (groups?.['name'] === undefined) continue;
      const some = names.get(namespace) ?? new Set();
      names.set(namespace, some.add(groups['name']));
    }
  }
  return names;
}
