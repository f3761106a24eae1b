import { optionalText, strictText } from '../callable.ts';
import { Fault, argumentFault } from '../error.ts';
import { service } from '../service.ts';
import { slugify } from '../slugify.ts';
import { isMap, mapGet } from '../value.ts';
import type { ArgumentValues, ExpressionFunction } from '../callable.ts';
import type { Run } from '../run.ts';
import type { Value } from '../value.ts';

const SCHEME = 'kestra:///';

interface FileArguments {
  readonly path: string;
  readonly namespace: string | undefined;
}

function fileFunction(name: 'read' | 'fileSize' | 'fileExists' | 'isFileEmpty', about: string): ExpressionFunction {
  return {
    name,
    parameters: ['path', 'namespace'],
    about,
    call(args, run) {
      const { path, namespace } = fileArguments(args, run);
      return service<typeof name, Value>(name, run, (services) => services[name](path, namespace));
    },
  };
}

export const fileFunctions: readonly ExpressionFunction[] = [
  fileFunction('read', 'The text of a namespace file, or of a file of this execution by its URI.'),
  fileFunction('fileSize', 'The size of a file in bytes.'),
  fileFunction('fileExists', 'Whether a file exists.'),
  fileFunction('isFileEmpty', 'Whether a file has no content.'),
  {
    name: 'fileURI',
    parameters: ['path', 'namespace'],
    about: 'The URI of a namespace file in the internal storage.',
    call(args, run) {
      const { path, namespace = text(variable('flow', run), 'namespace') } = fileArguments(args, run);
      if (namespace === undefined)
        throw argumentFault('Missing an argument: `namespace` is required where there is no flow');
      return `${SCHEME}${namespace.replaceAll('.', '/')}/_files/${path.replace(/^\/+/, '')}`;
    },
  },
];

function fileArguments([path, namespace]: ArgumentValues, run: Run): FileArguments {
  const file = strictText(path, 'path');
  if (file.split(/[\\/]/).includes('..'))
    throw new Fault('expression_service', `Unable to read the file '${file}': \`..\` is not allowed in a path`);
  if (file.startsWith(SCHEME)) checkOwner(file, run);
  return { path: file, namespace: optionalText(namespace, 'namespace', run) };
}

/** A file of the internal storage may be read by the execution that made it, by the executions that one started, and by
 *  the flows of its namespace when it is a namespace file. */
function checkOwner(uri: string, run: Run): void {
  const flow = variable('flow', run);
  const trigger = variable('trigger', run);
  const namespace = text(flow, 'namespace');
  if (namespace !== undefined && uri.startsWith(`${SCHEME}${namespace.replaceAll('.', '/')}/_files/`)) return;
  if (isOf(uri, namespace, text(flow, 'id'), text(variable('execution', run), 'id'))) return;
  if (isOf(uri, text(trigger, 'namespace'), text(trigger, 'flowId'), text(trigger, 'executionId'))) return;
  const message = `Unable to read the file '${uri}' as it didn't belong to the current execution or the one that started it`;
  throw new Fault('expression_service', message);
}

function isOf(
  uri: string,
  namespace: string | undefined,
  flowId: string | undefined,
  executionId: string | undefined,
): boolean {
  if (namespace === undefined || flowId === undefined || executionId === undefined) return false;
  return uri.startsWith(`${SCHEME}${namespace.replaceAll('.', '/')}/${slugify(flowId)}/executions/${executionId}/`);
}

function variable(name: string, run: Run): Value {
  return run.scope.variable(name) ?? null;
}

function text(map: Value, key: string): string | undefined {
  const value = isMap(map) ? mapGet(map, key) : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}
