import { booleanOf, mapOf, optionalText, strictText } from '../callable.ts';
import { Fault } from '../error.ts';
import { service } from '../service.ts';
import { toPlain, toText } from '../text.ts';
import type { ArgumentValues, ExpressionFunction } from '../callable.ts';
import type { Run } from '../run.ts';
import type { HttpCall } from '../services.ts';
import type { Value } from '../value.ts';

/** What lies outside of the execution: secrets, the key-value store, other servers. */
export const storeFunctions: readonly ExpressionFunction[] = [
  {
    name: 'secret',
    parameters: ['key', 'namespace', 'subkey'],
    about: 'A secret of the namespace or one of its parents; it is masked in logs.',
    call(args, run) {
      const key = strictText(args[0], 'key');
      const namespace = optionalText(args[1], 'namespace', run);
      const subkey = optionalText(args[2], 'subkey', run);
      const value = service('secret', run, (services) => services.secret(key, namespace, subkey));
      if (value === undefined) throw new Fault('expression_service', `Cannot find secret for key '${key}'.`);
      return value;
    },
  },
  {
    name: 'kv',
    parameters: ['key', 'namespace', 'errorOnMissing'],
    about: 'A value of the key-value store; a missing key is an error unless `errorOnMissing=false`.',
    call: (args, run) => kv(args, run),
  },
  {
    name: 'http',
    parameters: ['uri', 'method', 'contentType', 'headers', 'body', 'options'],
    about: 'The answer of an HTTP request: its JSON as a value, anything else as text.',
    call(args, run) {
      const call = httpCall(args, run);
      return service('http', run, (services) => services.http(call));
    },
  },
  {
    name: 'credential',
    parameters: ['key'],
    about: 'The access token of a stored credential.',
    call([key], run) {
      const name = strictText(key, 'key');
      return service('credential', run, (services) => services.credential(name));
    },
  },
  {
    name: 'appLink',
    parameters: ['appId', 'baseUrl'],
    about: 'The address of an app for this execution.',
    call([appId, baseUrl], run) {
      const id = optionalText(appId, 'appId', run);
      const onlyBase = booleanOf(baseUrl, 'baseUrl', false);
      return service('appLink', run, (services) => services.appLink(id, onlyBase));
    },
  },
];

function kv([name, inNamespace, errorOnMissing]: ArgumentValues, run: Run): Value {
  const key = strictText(name, 'key');
  const namespace = optionalText(inNamespace, 'namespace', run);
  const isRequired = booleanOf(errorOnMissing, 'errorOnMissing', true);
  const answer = service('kv', run, (services) => services.kv(key, namespace));
  if (answer.state === 'found') return answer.value;
  if (answer.state === 'expired') throw new Fault('expression_service', `The key '${key}' has expired`);
  if (!isRequired) return null;
  // As forgivable as an undefined variable: `kv('a') ?? 'b'` gives b.
  throw new Fault(
    'expression_undefined',
    `The key '${key}' does not exist${namespace === undefined ? '' : ` in the namespace '${namespace}'`}.`,
  );
}

function httpCall([uri, method, contentType, headers, body, options]: ArgumentValues, run: Run): HttpCall {
  const call: HttpCall = { uri: strictText(uri, 'uri'), method: optionalText(method, 'method', run) ?? 'GET' };
  const type = optionalText(contentType, 'contentType', run);
  if (type !== undefined) call.contentType = type;
  if (headers !== undefined && headers !== null) {
    const entries = run.entries(mapOf(headers, 'headers'));
    call.headers = Object.fromEntries(entries.map(([name, value]) => [name, toText(value, run)]));
  }
  if (body !== undefined) call.body = toPlain(body, run);
  if (options !== undefined) call.options = toPlain(options, run);
  return call;
}
