import type { Operations } from '../operation.ts';

export const flowOperations: Operations = {
  'POST /{tenant}/flows': {
    id: 'createFlow',
    summary: 'Create a flow from its YAML',
    errors: ['invalid_flow', 'already_exists'],
  },
  'POST /{tenant}/flows/validate': { id: 'validateFlows', summary: 'Say what is wrong with flows; nothing is stored' },
  'POST /{tenant}/flows/validate/task': { id: 'validateTask', summary: 'Say what is wrong with a task' },
  'POST /{tenant}/flows/validate/trigger': { id: 'validateTrigger', summary: 'Say what is wrong with a trigger' },
  'POST /{tenant}/flows/bulk': {
    id: 'bulkUpdateFlows',
    summary: 'Deploy flows of several namespaces',
    errors: ['invalid_flow', 'conflict'],
  },
  'POST /{tenant}/flows/import': {
    id: 'importFlows',
    summary: 'Import flows from a ZIP or YAML file',
    errors: ['invalid_flow'],
  },
  'GET /{tenant}/flows/search': { id: 'searchFlows', summary: 'Search flows', errors: ['invalid_filter'] },
  'GET /{tenant}/flows/source': { id: 'searchFlowsBySourceCode', summary: 'Search in the sources of flows' },
  'GET /{tenant}/flows/distinct-namespaces': {
    id: 'listDistinctNamespaces',
    summary: 'List the namespaces that have flows',
  },
  'GET /{tenant}/flows/export/by-query': {
    id: 'exportFlowsByQuery',
    summary: 'Export the flows that a search finds',
    errors: ['invalid_filter'],
  },
  'POST /{tenant}/flows/export/by-ids': {
    id: 'exportFlowsByIds',
    summary: 'Export flows',
    errors: ['bulk_validation_failed'],
  },
  'POST /{tenant}/flows/enable/by-ids': {
    id: 'enableFlowsByIds',
    summary: 'Enable flows',
    errors: ['bulk_validation_failed'],
  },
  'POST /{tenant}/flows/disable/by-ids': {
    id: 'disableFlowsByIds',
    summary: 'Disable flows',
    errors: ['bulk_validation_failed'],
  },
  'DELETE /{tenant}/flows/delete/by-ids': {
    id: 'deleteFlowsByIds',
    summary: 'Delete flows',
    errors: ['bulk_validation_failed'],
  },
  'POST /{tenant}/flows/enable/by-query': {
    id: 'enableFlowsByQuery',
    summary: 'Enable the flows that a search finds',
    errors: ['invalid_filter'],
  },
  'POST /{tenant}/flows/disable/by-query': {
    id: 'disableFlowsByQuery',
    summary: 'Disable the flows that a search finds',
    errors: ['invalid_filter'],
  },
  'DELETE /{tenant}/flows/delete/by-query': {
    id: 'deleteFlowsByQuery',
    summary: 'Delete the flows that a search finds',
    errors: ['invalid_filter'],
  },
  'GET /{tenant}/flows/{namespace}': { id: 'listFlowsByNamespace', summary: 'List the flows of a namespace' },
  'POST /{tenant}/flows/{namespace}': {
    id: 'updateFlowsInNamespace',
    summary: 'Deploy the flows of a namespace',
    errors: ['invalid_flow', 'conflict'],
  },
  'GET /{tenant}/flows/{namespace}/{id}': { id: 'getFlow', summary: 'Get a flow' },
  'PUT /{tenant}/flows/{namespace}/{id}': {
    id: 'updateFlow',
    summary: 'Update a flow',
    errors: ['invalid_flow', 'conflict', 'precondition_failed'],
  },
  'DELETE /{tenant}/flows/{namespace}/{id}': {
    id: 'deleteFlow',
    summary: 'Delete a flow',
    errors: ['conflict', 'precondition_failed'],
  },
  'GET /{tenant}/flows/{namespace}/{id}/revisions': {
    id: 'listFlowRevisions',
    summary: 'List the revisions of a flow',
  },
  'DELETE /{tenant}/flows/{namespace}/{id}/revisions': {
    id: 'deleteRevisions',
    summary: 'Delete older revisions of a flow',
  },
  'POST /{tenant}/flows/graph': {
    id: 'generateFlowGraphFromSource',
    summary: 'The graph of a flow that need not be stored',
    errors: ['invalid_flow'],
  },
  'GET /{tenant}/flows/{namespace}/{id}/graph': {
    id: 'generateFlowGraph',
    summary: 'The graph of a flow',
    errors: ['invalid_flow'],
  },
  'GET /{tenant}/flows/{namespace}/{id}/dependencies': {
    id: 'getFlowDependencies',
    summary: 'The flows that a flow calls or listens to, and those that do so to it',
  },
  'GET /{tenant}/flows/{namespace}/{id}/tasks/{taskId}': { id: 'getTaskFromFlow', summary: 'Get one task of a flow' },
};
