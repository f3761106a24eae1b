/** The inputs of a request: form fields and files, a JSON object, or nothing at all. */
import type { Context } from 'hono';
import { AppError } from '../errors.ts';
import type { Input } from '../flow/flow.ts';
import type { AppEnv } from '../middleware/context.ts';
import { isJsonObject, parseJson } from '../protocol/json.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { ExecutionFiles } from '../storage.ts';

export interface GivenInputs {
  /** By input id; a file is the URI that it will have. */
  values: JsonObject;
  /** Stored only when all inputs have been found good. */
  files: { inputId: string; file: File }[];
}

/** `place` says where the files of the execution will be. */
export async function readGivenInputs(
  c: Context<AppEnv>,
  place: Pick<ExecutionFiles, 'inputUri'>,
): Promise<GivenInputs> {
  const type = c.req.header('content-type') ?? '';
  if (c.req.raw.body === null || type === '') return { values: {}, files: [] };
  if (/^(multipart\/form-data|application\/x-www-form-urlencoded)\b/i.test(type))
    return fromForm(await readForm(c), place);
  if (!/\bjson\b/i.test(type)) {
    throw new AppError(
      'unsupported_media_type',
      'Send inputs as multipart/form-data, one part for each, or as one JSON object.',
    );
  }
  return { values: fromJson(await c.req.text()), files: [] };
}

/** Inputs that arrive as texts although they are typed: a part of a form is always a text. */
async function readForm(c: Context<AppEnv>): Promise<FormData> {
  // An empty body under a multipart type is what clients send for a flow without inputs.
  const body = await c.req.arrayBuffer();
  if (body.byteLength === 0) return new FormData();
  try {
    return await new Response(body, { headers: { 'Content-Type': c.req.header('content-type') ?? '' } }).formData();
  } catch (cause) {
    throw new AppError('invalid_body', 'The body is no valid form: check the boundary of its Content-Type.', { cause });
  }
}

function fromForm(form: FormData, place: Pick<ExecutionFiles, 'inputUri'>): GivenInputs {
  const given: GivenInputs = { values: {}, files: [] };
  for (const [name, part] of form) {
    if (typeof part === 'string') {
      given.values[name] = part;
      continue;
    }
    // Older clients call every file part `files` and say the input by the file's name.
    const inputId = name === 'files' ? part.name : name;
    if (part.size === 0)
      throw new AppError(
        'invalid_input',
        `Invalid input for \`${inputId}\`, the file is empty, but received \`${part.name}\``,
      );
    given.values[inputId] = place.inputUri(inputId, part.name);
    given.files.push({ inputId, file: part });
  }
  return given;
}

function fromJson(text: string): JsonObject {
  if (text.trim() === '') return {};
  let value;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw new AppError('invalid_body', 'The body is not JSON.', { cause });
  }
  if (value === null) return {};
  if (!isJsonObject(value))
    throw new AppError('invalid_body', 'The body must be a JSON object: input ids and their values.');
  return value;
}

/** Throws a 422 that names every wrong input. */
export function refuseWrongInputs(errors: Record<string, string>): void {
  const wrong = Object.entries(errors);
  if (wrong.length === 0) return;
  throw new AppError('invalid_input', `Invalid entity: ${wrong.map(([, message]) => message).join('; ')}`, {
    errors: wrong.map(([id, detail]) => ({ detail, pointer: `inputs.${id}` })),
  });
}

/** Files of inputs that the flow does not have are not kept. */
export function wantedFiles({ files }: GivenInputs, definitions: readonly Input[]): GivenInputs['files'] {
  return files.filter(({ inputId }) => definitions.some(({ id, type }) => id === inputId && type === 'FILE'));
}
