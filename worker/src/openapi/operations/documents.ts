import type { Operations } from '../operation.ts';

export const documentOperations: Operations = {
  'GET /{tenant}/dashboards': { id: 'searchDashboards', summary: 'Search dashboards' },
  'POST /{tenant}/dashboards': {
    id: 'createDashboard',
    summary: 'Create a dashboard from its YAML',
    errors: ['already_exists'],
  },
  'POST /{tenant}/dashboards/validate': { id: 'validateDashboard', summary: 'Say what is wrong with a dashboard' },
  'POST /{tenant}/dashboards/validate/chart': { id: 'validateChart', summary: 'Say what is wrong with a chart' },
  'GET /{tenant}/dashboards/{id}': { id: 'getDashboard', summary: 'Get a dashboard' },
  'PUT /{tenant}/dashboards/{id}': { id: 'updateDashboard', summary: 'Update a dashboard' },
  'DELETE /{tenant}/dashboards/{id}': { id: 'deleteDashboard', summary: 'Delete a dashboard' },
  'GET /{tenant}/apps/search': { id: 'searchApps', summary: 'Search apps' },
  'POST /{tenant}/apps': { id: 'createApp', summary: 'Create an app from its YAML' },
  'GET /{tenant}/apps/{uid}': { id: 'getApp', summary: 'Get an app' },
  'PUT /{tenant}/apps/{uid}': { id: 'updateApp', summary: 'Update an app' },
  'DELETE /{tenant}/apps/{uid}': { id: 'deleteApp', summary: 'Delete an app' },
  'GET /{tenant}/tests/search': { id: 'searchTestSuites', summary: 'Search tests of flows' },
  'POST /{tenant}/tests': {
    id: 'createTestSuite',
    summary: 'Create a test of a flow from its YAML',
    errors: ['already_exists'],
  },
  'GET /{tenant}/tests/{namespace}/{id}': { id: 'getTestSuite', summary: 'Get a test of a flow' },
  'PUT /{tenant}/tests/{namespace}/{id}': { id: 'updateTestSuite', summary: 'Update a test of a flow' },
  'DELETE /{tenant}/tests/{namespace}/{id}': { id: 'deleteTestSuite', summary: 'Delete a test of a flow' },
};
