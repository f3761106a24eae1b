import * as z from '../../zod.ts';
import { dynamicBoolean, dynamicText } from '../properties.ts';
import { defineEdgeTask } from '../task.ts';

export const toggle = defineEdgeTask({
  type: 'core.trigger.Toggle',
  aliases: ['io.kestra.core.tasks.trigger.Toggle'],
  title: 'Enable or disable a trigger',
  input: z.object({
    trigger: dynamicText().describe('Id of the trigger.'),
    namespace: dynamicText().optional().describe('Namespace of its flow; the own one when absent.'),
    flowId: dynamicText().optional().describe('Id of its flow; the own one when absent.'),
    enabled: dynamicBoolean().default(false).describe('true to enable it.'),
  }),
  examples: [{ title: 'Stop a schedule', yaml: 'trigger: daily\nenabled: false' }],
  async run({ trigger, namespace, flowId, enabled }, { executions, identity }) {
    const reference = {
      namespace: namespace ?? identity.namespace,
      flowId: flowId ?? identity.flowId,
      triggerId: trigger,
    };
    await executions.toggleTrigger(reference, enabled);
  },
});
