/** The document against the running app: what it says of good and of bad calls is what happens. */
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { call, documentedOperations, judged, urlOf } from '../testing/documented-api.ts';
import type { Call } from '../testing/documented-api.ts';
import { jsonInit, TestApp, yamlInit } from '../testing/test-app.ts';
import type { TestPerson } from '../testing/test-app.ts';

const HELLO = `id: hello
namespace: company.team
inputs:
  - { id: name, type: STRING, defaults: world }
tasks:
  - { id: greet, type: core.debug.Return, format: "hello {{ inputs.name }}" }
triggers:
  - { id: daily, type: core.trigger.Schedule, cron: "0 6 * * *" }
`;
const WAITS = 'id: waits\nnamespace: company.team\ntasks:\n  - { id: wait, type: core.flow.Pause }\n';
const HELLO_REF = { namespace: 'company.team', id: 'hello' };
const FLOW = { namespace: 'company.team', flowId: 'hello' };

let app: TestApp;
let ada: TestPerson;

beforeEach(async () => {
  app = new TestApp();
  ada = await app.person();
  await app.tenant('acme', { owner: ada });
});

function does(operationId: string, request?: Call) {
  return call(ada.fetch, operationId, request);
}

async function works(operationId: string, request?: Call): Promise<unknown> {
  const { status, body } = await does(operationId, request);
  expect(status, `${operationId} works: ${JSON.stringify(body)}`).toBeLessThan(300);
  return body;
}

async function started(flowId = 'hello'): Promise<string> {
  const body = await works('createExecution', {
    params: { ...FLOW, flowId },
    query: 'wait=true',
    init: { method: 'POST' },
  });
  return (body as { id: string }).id;
}

describe('a call that works answers as documented', () => {
  test('for who the caller is and what the server knows', async () => {
    for (const id of [
      'getCurrentUser',
      'getConfiguration',
      'getLoginConfiguration',
      'listAuths',
      'setupConfiguration',
      'listTenants',
    ])
      await works(id);
    for (const id of [
      'listPebbleFilters',
      'listPebbleFunctions',
      'listPlugins',
      'getPluginBySubgroups',
      'getPluginIcons',
      'getAllInputTypes',
      'getFlowSchema',
    ])
      await works(id);
    await works('getSchemasFromType', { params: { type: 'flow' } });
    await works('getPluginDocumentation', { params: { type: 'core.log.Log' } });
    const { id } = (await works('createApiTokenForCurrentUser', { init: jsonInit('POST', { name: 'ci' }) })) as {
      id: string;
    };
    await works('listApiTokensForCurrentUser');
    await works('deleteApiTokenForCurrentUser', { params: { id } });
    for (const id of ['searchAuditLogs', 'exportAuditLogs', 'verifyAuditLogs']) await works(id);
    await works('getOpenApi');
    await works('getApiDocs');
  });

  test('for flows', async () => {
    await works('createFlow', { init: yamlInit('POST', HELLO) });
    await works('updateFlow', { params: HELLO_REF, init: yamlInit('PUT', `${HELLO}# changed\n`) });
    await works('validateFlows', { init: yamlInit('POST', `${HELLO}---\nid: 1\n`) });
    await works('validateTask', { init: yamlInit('POST', 'id: a\ntype: core.log.Log\n') });
    await works('validateTrigger', {
      init: yamlInit('POST', 'id: a\ntype: core.trigger.Schedule\ncron: "* * * * *"\n'),
    });
    for (const id of ['searchFlows', 'listDistinctNamespaces', 'exportFlowsByQuery']) await works(id);
    await works('searchFlowsBySourceCode', { query: 'q=hello' });
    await works('listFlowsByNamespace', { params: HELLO_REF });
    await works('getFlow', { params: HELLO_REF, query: 'source=true' });
    await works('listFlowRevisions', { params: HELLO_REF });
    await works('generateFlowGraph', { params: HELLO_REF });
    await works('generateFlowGraphFromSource', { init: yamlInit('POST', HELLO) });
    await works('getFlowDependencies', { params: HELLO_REF });
    await works('getTaskFromFlow', { params: { ...HELLO_REF, taskId: 'greet' } });
    await works('disableFlowsByIds', { init: jsonInit('POST', [HELLO_REF]) });
    await works('enableFlowsByQuery', { query: 'namespace=company' });
    await works('deleteRevisions', { params: HELLO_REF, query: 'revisions=1' });
    await works('updateFlowsInNamespace', { params: HELLO_REF, init: yamlInit('POST', HELLO), query: 'delete=false' });
    await works('bulkUpdateFlows', { init: yamlInit('POST', HELLO), query: 'delete=false' });
    await works('deleteFlow', { params: HELLO_REF });
  });

  test('for executions, their logs, metrics and outputs', async () => {
    await works('createFlow', { init: yamlInit('POST', HELLO) });
    const id = await started();
    const params = { id };
    await works('validateNewExecutionInputs', { params: FLOW });
    await works('getExecution', { params });
    await works('searchExecutions', { query: 'expand=taskRunList' });
    await works('searchExecutionsByFlowId', { query: 'namespace=company.team&flowId=hello' });
    await works('getLatestExecutions', { init: jsonInit('POST', [HELLO_REF]) });
    await works('getFlowFromExecutionById', { params });
    await works('getExecutionFlowGraph', { params });
    await works('evalExpression', { params, init: { body: '{{ outputs.greet.value }}' } });
    await works('evalExpressionAction', { params, init: { body: '{{ nothing.there }}' } });
    await works('listLogsFromExecution', { params });
    await works('downloadLogsFromExecution', { params });
    await works('searchMetricsByExecution', { params });
    const [run] = (await works('getTaskOutputsInformation', { params })) as { taskRunId: string }[];
    await works('getTaskRunOutputs', { params: { id, taskRunId: run?.taskRunId ?? '' } });
    await works('replayExecution', { params });
    await works('replayExecutionAction', { params });
    await works('setLabelsOnTerminatedExecution', { params, init: jsonInit('POST', [{ key: 'a', value: 'b' }]) });
    await works('updateExecutionStatus', { params, query: 'status=WARNING' });
    await works('deleteLogsFromExecution', { params });
    await works('deleteExecution', { params });
  });

  test('for executions that wait', async () => {
    await works('createFlow', { init: yamlInit('POST', WAITS) });
    await works('validateResumeExecutionInputs', { params: { id: await started('waits') } });
    await works('resumeExecution', { params: { id: await started('waits') } });
    await works('resumeExecutionAction', { params: { id: await started('waits') } });
    await works('killExecution', { params: { id: await started('waits') } });
    await works('killExecutionAction', { params: { id: await started('waits') } });
    await works('killExecutionsByIds', { init: jsonInit('DELETE', [await started('waits')]) });
  });

  test('for triggers', async () => {
    await works('createFlow', { init: yamlInit('POST', HELLO) });
    const key = { ...FLOW, triggerId: 'daily' };
    await works('searchTriggers');
    await works('searchTriggersForFlow', { params: FLOW });
    await works('disableTriggerById', { init: jsonInit('PUT', { ...key, disabled: true }) });
    await works('updateTrigger', { init: jsonInit('PUT', { ...key, disabled: false }) });
    await works('createBackfill', { init: jsonInit('PUT', { ...key, backfill: { start: '2026-11-18T00:00:00Z' } }) });
    await works('pauseBackfill', { init: jsonInit('PUT', key) });
    await works('deleteBackfill', { init: jsonInit('POST', key) });
    await works('disabledTriggersByIds', { init: jsonInit('POST', { triggers: [key], disabled: true }) });
  });

  test('for namespaces, their files, values and secrets', async () => {
    const params = { namespace: 'company.team', key: 'name' };
    await works('createNamespace', { init: jsonInit('POST', { id: 'company.team', variables: { a: 1 } }) });
    await works('updateNamespace', { params, init: jsonInit('PUT', { id: 'company.team' }) });
    await works('getNamespace', { params });
    await works('getInheritedVariables', { params });
    await works('getInheritedPluginDefaults', { params });
    await works('searchNamespaces');
    await works('setKeyValue', { params, init: { body: '"Ada"' } });
    await works('getKeyValue', { params });
    await works('listKeys', { params });
    await works('listKeysWithInheritence', { params });
    await works('deleteKeyValue', { params });
    await works('deleteKeyValues', { params, init: jsonInit('DELETE', { keys: ['x'] }) });
    await works('putSecrets', { params, init: jsonInit('PUT', { key: 'NAME', value: 'hidden' }) });
    await works('patchSecret', {
      params: { ...params, key: 'NAME' },
      init: jsonInit('PATCH', { description: 'a name' }),
    });
    await works('listNamespaceSecrets', { params });
    await works('getInheritedSecrets', { params });
    await works('listAllKeys');
    await works('listSecrets');
    await works('deleteSecret', { params: { ...params, key: 'NAME' } });
    const form = new FormData();
    form.set('fileContent', new File(['hello'], 'a.txt'));
    await works('createNamespaceFile', { params, query: 'path=/a.txt', init: { body: form } });
    await works('createNamespaceDirectory', { params, query: 'path=/folder' });
    await works('getFileContent', { params, query: 'path=/a.txt' });
    await works('getFileMetadatas', { params, query: 'path=/a.txt' });
    await works('listNamespaceDirectoryFiles', { params });
    await works('searchNamespaceFiles', { params, query: 'q=a' });
    await works('exportNamespaceFiles', { params });
    await works('moveFileDirectory', { params, query: 'from=/a.txt&to=/b.txt' });
    await works('deleteFileDirectory', { params, query: 'path=/b.txt' });
    await works('deleteNamespace', { params });
  });

  test('for runner groups', async () => {
    const params = { group: 'gpu' };
    await works('createRunnerGroup', { init: jsonInit('POST', { id: 'gpu' }) });
    await works('updateRunnerGroup', { params, init: jsonInit('PUT', { description: 'with cards' }) });
    await works('listRunnerGroups');
    await works('getRunnerGroupMetrics', { params });
    const { id } = (await works('createEnrolmentToken', { params, init: jsonInit('POST', {}) })) as { id: string };
    await works('getRunnerGroup', { params });
    await works('deleteEnrolmentToken', { params: { ...params, token: id } });
    await works('deleteRunnerGroup', { params });
  });
});

test('a call that works answers as documented for Terraform states', async () => {
  const params = { name: 'app', serial: '1' };
  const state = { version: 4, serial: 1, lineage: 'a' };
  await works('lockTerraformState', { params, init: jsonInit('PUT', { ID: 'ada' }) });
  await works('writeTerraformState', { params, query: 'ID=ada', init: jsonInit('POST', state) });
  await works('listTerraformStates');
  await works('getTerraformState', { params });
  await works('unlockTerraformState', { params });
  await works('putTerraformState', { params, init: jsonInit('PUT', { ...state, serial: 2 }) });
  await works('listTerraformStateVersions', { params });
  await works('getTerraformStateVersion', { params });
  await works('restoreTerraformStateVersion', { params });
  await works('deleteTerraformState', { params });
});

/** Routes of better-auth fail in its own words. */
const isOurs = ({ path }: { path: string }) => !path.startsWith('/api/v1/auth/');
const ours = documentedOperations.filter(isOurs);

describe('a call that fails answers with the documented problem', () => {
  test('without a credential', { timeout: 30_000 }, async () => {
    for (const operation of ours.filter(({ security = [] }) => security.length > 0)) {
      const answer = await app.fetch(urlOf(operation, {}), { method: operation.method });
      expect(answer.status, operation.operationId).toBe(401);
      await judged(operation, answer);
    }
  });

  test('in a tenant of somebody else', { timeout: 30_000 }, async () => {
    const eve = await app.person('eve');
    for (const operation of ours.filter(({ path }) => path.includes('{tenant}'))) {
      const answer = await eve.fetch(urlOf(operation, {}), { method: operation.method });
      // Routes of runners look at their own credential, or at the question, first.
      const isOpen = (operation.security ?? []).length === 0;
      expect(isOpen ? [400, 401, 404, 422] : [404], operation.operationId).toContain(answer.status);
      await judged(operation, answer);
    }
  });
});

describe('whatever is sent', () => {
  const hostile = fc.oneof(
    fc.constantFrom(
      '..',
      '%00',
      '%2f',
      ';x',
      '-1',
      '1e309',
      'null',
      '__proto__',
      'constructor',
      '{{ 1 }}',
      '\u202e',
      "'",
    ),
    fc.string({ maxLength: 40 }),
  );
  const bodies = fc.oneof(
    fc.json({ maxDepth: 3 }),
    fc.constantFrom(
      '',
      'null',
      '[]',
      '{}',
      '[null]',
      '{"__proto__":1}',
      '"text"',
      '1e999',
      '{"a":',
      'id: x\n- y',
      '\u0000',
    ),
    fc.string({ maxLength: 200 }),
  );
  const types = fc.constantFrom(
    'application/json',
    'application/x-yaml',
    'text/plain',
    'multipart/form-data',
    'application/xml',
    '',
  );
  const requests = fc.record({
    values: fc.array(hostile, { minLength: 6, maxLength: 6 }),
    query: fc.dictionary(
      fc.constantFrom(
        'page',
        'size',
        'sort',
        'path',
        'filters[namespace][IN]',
        'filters',
        'state',
        'q',
        'revision',
        'labels',
        'minLevel',
        'cursor',
        'wait',
      ),
      hostile,
      { maxKeys: 4 },
    ),
    body: bodies,
    type: types,
  });

  /** In parts, so that each has time enough. */
  const byTag = Map.groupBy(
    ours.filter(({ operationId }) => operationId !== 'openRunnerChannel'),
    ({ tags: [tag] }) => tag,
  );

  test.each([...byTag])('nothing about %s fails by itself', { timeout: 30_000 }, async (_, operations) => {
    for (const operation of operations) {
      for (const { values, query, body, type } of fc.sample(requests, { numRuns: 6, seed: 20261122 })) {
        const names = Array.from(operation.path.matchAll(/\{(\w+)\}/g), ([, name = '']) => name);
        const params = Object.fromEntries(
          names
            .filter((name) => name !== 'tenant')
            .map((name, n) => [name, encodeURIComponent(values[n] ?? '') || 'x']),
        );
        const init: RequestInit = { method: operation.method };
        if (operation.method !== 'GET') {
          init.body = body;
          init.headers = { 'Content-Type': type };
        }
        const answer = await ada.fetch(
          urlOf(operation, { params, query: new URLSearchParams(query).toString() }),
          init,
        );
        const text = await answer.text();
        const request = JSON.stringify({ params, query, body, type });
        expect(answer.status, `${operation.operationId} ${request}: ${text}`).not.toBe(500);
        if (answer.status >= 400)
          expect(JSON.parse(text)).toMatchObject({ status: answer.status, code: expect.any(String) });
      }
    }
  });
});
