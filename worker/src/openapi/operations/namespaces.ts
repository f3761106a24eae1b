import { z } from 'zod';
import { PageQuery, pagedOf } from '../../protocol/paging.ts';
import { empty, file, json, jsonBody } from '../operation.ts';
import type { Operations } from '../operation.ts';

const PATH = z.object({ path: z.string() });
const FileAttributes = z
  .object({
    fileName: z.string(),
    type: z.enum(['File', 'Directory']),
    size: z.int(),
    creationTime: z.int(),
    lastModifiedTime: z.int(),
  })
  .meta({ id: 'FileAttributes' });
const KvEntry = z
  .object({
    namespace: z.string(),
    key: z.string(),
    type: z.string(),
    revision: z.int(),
    description: z.string().optional(),
    creationDate: z.string(),
    updateDate: z.string(),
    expirationDate: z.string().optional(),
  })
  .meta({ id: 'KVEntry' });
const KvDetail = z
  .object({ type: z.string(), value: z.unknown(), revision: z.int(), updated: z.string() })
  .meta({ id: 'KvDetail' });
const Tags = z.array(z.object({ key: z.string(), value: z.string() }));
const Secret = z
  .object({
    key: z.string(),
    namespace: z.string(),
    description: z.string().optional(),
    tags: Tags,
    version: z.int(),
    digest: z.string().optional(),
    updated: z.string(),
  })
  .meta({ id: 'Secret' });
const SECRETS = json('What is known of the secret but its value', z.array(Secret));

const files: Operations = {
  'GET /{tenant}/namespaces/{namespace}/files': {
    id: 'getFileContent',
    summary: 'Read a file',
    query: PATH,
    answer: file('The file', 'application/octet-stream'),
  },
  'POST /{tenant}/namespaces/{namespace}/files': {
    id: 'createNamespaceFile',
    summary: 'Write a file; a ZIP is unpacked',
    query: PATH,
    body: { type: 'multipart/form-data', schema: z.object({ fileContent: z.string() }) },
    answer: empty(200),
    errors: ['too_large', 'precondition_failed'],
  },
  'PUT /{tenant}/namespaces/{namespace}/files': {
    id: 'moveFileDirectory',
    summary: 'Move a file or a folder',
    query: z.object({ from: z.string(), to: z.string() }),
    answer: empty(200),
  },
  'DELETE /{tenant}/namespaces/{namespace}/files': {
    id: 'deleteFileDirectory',
    summary: 'Delete a file or a folder',
    query: PATH,
    answer: empty(204),
  },
  'GET /{tenant}/namespaces/{namespace}/files/directory': {
    id: 'listNamespaceDirectoryFiles',
    summary: 'List a folder',
    query: PATH.partial(),
    answer: json('Its files and folders', z.array(FileAttributes)),
  },
  'POST /{tenant}/namespaces/{namespace}/files/directory': {
    id: 'createNamespaceDirectory',
    summary: 'Make a folder',
    query: PATH,
    answer: empty(200),
  },
  'GET /{tenant}/namespaces/{namespace}/files/stats': {
    id: 'getFileMetadatas',
    summary: 'Size and times of a file or folder',
    query: PATH.partial(),
    answer: json('Its attributes', FileAttributes),
  },
  'GET /{tenant}/namespaces/{namespace}/files/search': {
    id: 'searchNamespaceFiles',
    summary: 'Search files by path',
    query: z.object({ q: z.string().optional() }),
    answer: json('Paths', z.array(z.string())),
  },
  'GET /{tenant}/namespaces/{namespace}/files/export': {
    id: 'exportNamespaceFiles',
    summary: 'All files as a ZIP',
    answer: file('A ZIP file', 'application/zip'),
  },
};

const keyValues: Operations = {
  'GET /{tenant}/namespaces/{namespace}/kv': {
    id: 'listKeys',
    summary: 'List keys',
    answer: json('Keys', z.array(KvEntry)),
  },
  'DELETE /{tenant}/namespaces/{namespace}/kv': {
    id: 'deleteKeyValues',
    summary: 'Delete keys',
    body: jsonBody(z.object({ keys: z.array(z.string()) })),
    answer: json('Those that are gone', z.object({ keys: z.array(z.string()) })),
  },
  'GET /{tenant}/namespaces/{namespace}/kv/inheritance': {
    id: 'listKeysWithInheritence',
    summary: 'List the keys of the namespaces above',
    answer: json('Keys', z.array(KvEntry)),
  },
  'GET /{tenant}/namespaces/{namespace}/kv/{key}': {
    id: 'getKeyValue',
    summary: 'Get a value',
    answer: json('The value', KvDetail),
    errors: ['expired'],
  },
  'PUT /{tenant}/namespaces/{namespace}/kv/{key}': {
    id: 'setKeyValue',
    summary: 'Set a value; the header `ttl` says how long it lives',
    body: { type: 'text/plain', schema: z.string() },
    answer: empty(200),
  },
  'DELETE /{tenant}/namespaces/{namespace}/kv/{key}': {
    id: 'deleteKeyValue',
    summary: 'Delete a key',
    answer: json('Whether it was there', z.boolean()),
  },
};

const secrets: Operations = {
  'GET /{tenant}/namespaces/{namespace}/secrets': {
    id: 'listNamespaceSecrets',
    summary: 'List secrets; their values are never shown',
    query: PageQuery,
    answer: json('Secrets', pagedOf(Secret).extend({ readOnly: z.boolean() })),
  },
  'GET /{tenant}/namespaces/{namespace}/inherited-secrets': {
    id: 'getInheritedSecrets',
    summary: 'List the keys of secrets of this namespace and those above',
    answer: json('Keys by namespace', z.record(z.string(), z.array(z.string()))),
  },
  'PUT /{tenant}/namespaces/{namespace}/secrets': {
    id: 'putSecrets',
    summary: 'Set a secret',
    body: jsonBody(
      z.object({ key: z.string(), value: z.string(), description: z.string().optional(), tags: Tags.optional() }),
    ),
    answer: SECRETS,
  },
  'PATCH /{tenant}/namespaces/{namespace}/secrets/{key}': {
    id: 'patchSecret',
    summary: 'Describe a secret',
    body: jsonBody(z.object({ description: z.string().optional(), tags: Tags.optional() })),
    answer: SECRETS,
  },
  'DELETE /{tenant}/namespaces/{namespace}/secrets/{key}': {
    id: 'deleteSecret',
    summary: 'Delete a secret',
    answer: empty(204),
  },
};

export const namespaceOperations: Operations = {
  'GET /{tenant}/namespaces/search': { id: 'searchNamespaces', summary: 'Search namespaces' },
  'POST /{tenant}/namespaces': { id: 'createNamespace', summary: 'Create a namespace', errors: ['already_exists'] },
  'GET /{tenant}/namespaces/{namespace}': { id: 'getNamespace', summary: 'Get a namespace' },
  'PUT /{tenant}/namespaces/{namespace}': { id: 'updateNamespace', summary: 'Update a namespace' },
  'DELETE /{tenant}/namespaces/{namespace}': {
    id: 'deleteNamespace',
    summary: 'Delete what was said about a namespace',
  },
  'GET /{tenant}/namespaces/{namespace}/inherited-variables': {
    id: 'getInheritedVariables',
    summary: 'The variables of a namespace, those of the namespaces above included',
  },
  'GET /{tenant}/namespaces/{namespace}/inherited-plugindefaults': {
    id: 'getInheritedPluginDefaults',
    summary: 'The plugin defaults of a namespace, those of the namespaces above included',
  },
  ...files,
  ...keyValues,
  ...secrets,
  'GET /{tenant}/kv': {
    id: 'listAllKeys',
    summary: 'List the keys of all namespaces',
    query: PageQuery,
    answer: json('Keys', pagedOf(KvEntry)),
    errors: ['invalid_filter'],
  },
  'GET /{tenant}/secrets': {
    id: 'listSecrets',
    summary: 'List the secrets of all namespaces; their values are never shown',
    query: PageQuery,
    answer: json('Secrets', pagedOf(Secret).extend({ readOnly: z.boolean() })),
    errors: ['invalid_filter'],
  },
};
