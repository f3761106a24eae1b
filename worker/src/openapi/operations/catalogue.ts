import type { Operations } from '../operation.ts';

export const catalogueOperations: Operations = {
  'GET /pebble/filters': { id: 'listPebbleFilters', summary: 'List the filters of expressions' },
  'GET /pebble/functions': { id: 'listPebbleFunctions', summary: 'List the functions of expressions' },
  'GET /plugins': { id: 'listPlugins', summary: 'List types by package' },
  'GET /plugins/groups/subgroups': { id: 'getPluginBySubgroups', summary: 'List types by package, all of them' },
  'GET /plugins/icons': { id: 'getPluginIcons', summary: 'Pictures of types' },
  'GET /plugins/inputs': { id: 'getAllInputTypes', summary: 'List the types of inputs' },
  'GET /plugins/schemas/{type}': { id: 'getSchemasFromType', summary: 'JSON schema of what an editor writes' },
  'GET /plugins/{type}': { id: 'getPluginDocumentation', summary: 'Documentation of a type' },
  'GET /schemas/flow.json': { id: 'getFlowSchema', summary: 'JSON schema of a flow, for editors' },
};
