/** YAML text -> Flow, with every fault of the source at once. */
import { DIAGNOSTICS_MAX } from '../limits.ts';
import { isJsonObject } from '../protocol/json.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { Finding } from './checker.ts';
import { formatPath } from './diagnostic.ts';
import type { Diagnostic, Position } from './diagnostic.ts';
import type { Flow, PluginDefault } from './flow.ts';
import { readFlow } from './flow-reader.ts';
import { parseYaml, splitDocuments } from './yaml.ts';
import type { YamlSource } from './yaml.ts';

export interface CompileOptions {
  /** The plugin defaults of a flow's namespace, or of the server. */
  pluginDefaults?: (namespace: string) => readonly PluginDefault[];
  /** The revision that this source has, or will have. */
  revision?: number;
}

export interface Compiled {
  /** Present when no diagnostic is an error. */
  flow?: Flow;
  diagnostics: Diagnostic[];
  /** Id and namespace as the source has them, when they are texts: also of a flow with faults. */
  id?: string;
  namespace?: string;
}

export interface CompiledDocument extends Compiled {
  source: string;
}

export function compileFlow(source: string, options: CompileOptions = {}): Compiled {
  return compileDocument(source, 1, options);
}

/** Compiles a text of several documents; places count from the beginning of the whole text. */
export function compileFlows(text: string, options: CompileOptions = {}): CompiledDocument[] {
  const documents = splitDocuments(text);
  const parts = documents.length === 0 ? [{ source: text, firstLine: 1 }] : documents;
  return parts.map(({ source, firstLine }) => ({ source, ...compileDocument(source, firstLine, options) }));
}

function compileDocument(source: string, firstLine: number, options: CompileOptions): Compiled {
  const yaml = parseYaml(source, firstLine);
  if (yaml.problems.length > 0) {
    return {
      diagnostics: yaml.problems
        .slice(0, DIAGNOSTICS_MAX)
        .map((problem) => ({ severity: 'error', path: '', ...problem })),
    };
  }
  const { value } = yaml;
  if (!isJsonObject(value)) {
    const place = yaml.locate([]);
    return {
      diagnostics: [
        {
          severity: 'error',
          code: 'wrong-type',
          path: '',
          message: 'A flow must be a map with an id, a namespace and tasks.',
          ...place,
        },
      ],
    };
  }
  return { ...compileValue(value, options, yaml), ...identity(value) };
}

const NOWHERE: Position = { line: 1, column: 1, endLine: 1, endColumn: 1 };

/** Compiles a flow that is a value already (JSON). Without a source, places are the beginning. */
export function compileValue(
  value: JsonObject,
  options: CompileOptions = {},
  yaml?: Pick<YamlSource, 'locate'>,
): Compiled {
  const { flow, findings } = readFlow(value, options);
  findings.sort((a, b) => rank(a) - rank(b));
  const diagnostics = findings.slice(0, DIAGNOSTICS_MAX).map((finding) => toDiagnostic(finding, yaml));
  diagnostics.sort((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column);
  const hasErrors = diagnostics.some((diagnostic) => diagnostic.severity === 'error');
  return hasErrors ? { diagnostics, ...identity(value) } : { flow, diagnostics, ...identity(value) };
}

export function toDiagnostic({ path, atKey, ...finding }: Finding, yaml?: Pick<YamlSource, 'locate'>): Diagnostic {
  return { ...finding, path: formatPath(path), ...(yaml?.locate(path, atKey ? 'key' : 'value') ?? NOWHERE) };
}

/** What is cut off never hides an error behind a hint, nor a limit behind what follows from it. */
function rank({ severity, code }: Pick<Diagnostic, 'severity' | 'code'>): number {
  if (severity !== 'error') return 2;
  return code === 'limit' ? 0 : 1;
}

function identity(value: JsonObject): Pick<Compiled, 'id' | 'namespace'> {
  return { id: textOf(value.id), namespace: textOf(value.namespace) };
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
