/** Where a script runs: `taskRunner.type` names one of these. */
import * as z from '../../zod.ts';
import type { ExtensionDefinition } from '../extension.ts';
import { durationText, dynamicBoolean, dynamicMap, dynamicText, dynamicTexts, dynamicValue } from '../properties.ts';

export const processRunner: ExtensionDefinition = {
  type: 'core.runner.Process',
  aliases: ['io.kestra.core.runners.ProcessRunner'],
  title: 'Run scripts as processes on the host of the runner',
  input: z.object({ targetOS: dynamicText().optional() }),
  examples: [{ title: 'No container', yaml: '{}' }],
};

export const bubblewrapRunner: ExtensionDefinition = {
  type: 'core.runner.Bubblewrap',
  title: 'Run scripts as processes in a sandbox',
  description: 'The programs of the host, without its files, users and other processes. Nothing needs an image.',
  input: z.object({
    network: dynamicBoolean().optional().describe('Whether it may use the network of the host; yes.'),
  }),
  examples: [{ title: 'Cut off from the network', yaml: 'network: false' }],
};

export const dockerRunner: ExtensionDefinition = {
  type: 'scripts.runner.docker.Docker',
  aliases: ['scripts.runner.docker.DockerTaskRunner'],
  title: 'Run scripts in containers',
  input: z.object({
    host: dynamicText().optional().describe('Address of the container engine.'),
    config: dynamicValue().optional().describe('Configuration of the engine client: a map, or its JSON.'),
    credentials: z
      .object({
        registry: dynamicText().optional(),
        username: dynamicText().optional(),
        password: dynamicText().optional(),
        registryToken: dynamicText().optional(),
        identityToken: dynamicText().optional(),
        auth: dynamicText().optional(),
      })
      .optional()
      .describe('Access to a private image registry.'),
    image: dynamicText().optional(),
    user: dynamicText().optional().describe('User inside the container.'),
    entryPoint: dynamicTexts().optional(),
    extraHosts: dynamicTexts().optional(),
    networkMode: dynamicText().optional(),
    volumes: dynamicTexts().optional().describe('Refused unless the policy of the runner allows them.'),
    pullPolicy: dynamicText().optional().describe('IF_NOT_PRESENT, ALWAYS or NEVER.'),
    deviceRequests: z.array(z.record(z.string(), z.unknown())).optional(),
    cpu: z.object({ cpus: dynamicValue().optional() }).optional(),
    memory: z
      .object({
        memory: dynamicText().optional(),
        memorySwap: dynamicText().optional(),
        memorySwappiness: dynamicText().optional(),
        memoryReservation: dynamicText().optional(),
        kernelMemory: dynamicText().optional(),
        oomKillDisable: dynamicBoolean().optional(),
      })
      .optional(),
    shmSize: dynamicText().optional(),
    privileged: dynamicBoolean().optional(),
    fileHandlingStrategy: dynamicText().optional(),
    wait: dynamicBoolean().optional(),
    delete: dynamicBoolean().optional(),
    resume: dynamicBoolean().optional(),
    portBindings: dynamicTexts().optional(),
    killGracePeriod: durationText().optional(),
    labels: dynamicMap().optional(),
    targetOS: dynamicText().optional(),
  }),
  examples: [{ title: 'With less memory', yaml: 'memory: { memory: 512MB }\npullPolicy: IF_NOT_PRESENT' }],
};

export const taskRunnerDefinitions: readonly ExtensionDefinition[] = [processRunner, bubblewrapRunner, dockerRunner];
