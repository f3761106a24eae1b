/** Sources of flows as they come in: text, byte for byte, and what is wrong with it. */
import type { Context } from 'hono';
import { AppError } from '../errors.ts';
import type { ErrorDetail } from '../errors.ts';
import type { Compiled } from '../flow/compile.ts';
import type { Diagnostic } from '../flow/diagnostic.ts';
import { formatDiagnostic } from '../flow/diagnostic.ts';
import type { Flow } from '../flow/flow.ts';
import { FLOW_SOURCE_BYTES_MAX } from '../limits.ts';
import type { AppEnv } from '../middleware/context.ts';
import { isReservedNamespace } from '../protocol/names.ts';

/** YAML, or what old clients say instead; JSON is YAML too. */
const YAML_TYPE =
  /^(application\/(x-)?yaml|text\/(x-)?yaml|application\/json|text\/plain|application\/octet-stream)\b/i;

/** The body's own characters: no byte order mark is dropped and no line end changed. */
export async function readSource(c: Context<AppEnv>): Promise<string> {
  const type = c.req.header('content-type');
  if (type !== undefined && !YAML_TYPE.test(type)) {
    throw new AppError('unsupported_media_type', `A flow is sent as application/x-yaml, not as ${type}.`);
  }
  return decodeSource(await c.req.arrayBuffer());
}

/** The parts `flows` of a form, each a source of its own, whatever lines it begins and ends with; or else the body, one
 *  text that may hold several documents. */
export async function readSources(c: Context<AppEnv>): Promise<string | string[]> {
  if (!/^multipart\/form-data\b/i.test(c.req.header('content-type') ?? '')) return readSource(c);
  const parts = (await c.req.formData()).getAll('flows');
  return Promise.all(
    parts.map(async (part) => (typeof part === 'string' ? part : decodeSource(await part.arrayBuffer()))),
  );
}

export function decodeSource(bytes: ArrayBuffer | Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const detail = 'The source is not UTF-8; save the file in that encoding.';
    throw new AppError('invalid_flow', detail, {
      errors: [{ detail, code: 'yaml.encoding', line: 1, column: 1 }],
      cause,
    });
  }
}

/** The flow of a source that may be saved; throws with everything that is wrong with it. */
export function validFlow(source: string, { flow, diagnostics }: Compiled): Flow {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').map(toDetail);
  if (flow !== undefined && isReservedNamespace(flow.namespace)) {
    const detail = `"${flow.namespace}" is a reserved word; name the namespace differently`;
    errors.push({ detail, code: 'reserved-id', pointer: 'namespace' });
  }
  if (new TextEncoder().encode(source).byteLength > FLOW_SOURCE_BYTES_MAX) {
    errors.push({ detail: `A source may have ${FLOW_SOURCE_BYTES_MAX} bytes`, code: 'limit' });
  }
  if (flow === undefined || errors.length > 0) throw invalidFlow(errors);
  return flow;
}

export function invalidFlow(errors: ErrorDetail[]): AppError {
  const lines = errors.map(({ pointer = '', detail }) => formatDiagnostic({ path: pointer, message: detail }));
  return new AppError('invalid_flow', lines.join('\n'), { errors });
}

export function toDetail({ message, code, path, line, column }: Diagnostic): ErrorDetail {
  return { detail: message, code, ...(path !== '' && { pointer: path }), line, column };
}
