/** The flow that a new editor starts with: it runs as it is, at the edge, without a runner. */
export function helloFlow(namespace: string): string {
  return `id: hello-world
namespace: ${namespace}
description: Your first flow

variables:
  greeting: Hello, world!

tasks:
  - id: greet
    type: core.log.Log
    message: "{{ vars.greeting }}"

  - id: think
    type: core.flow.Sleep
    duration: PT1S

  - id: answer
    type: core.debug.Return
    format: "{{ vars.greeting | upper }} This is execution {{ execution.id }}."
`;
}

export const SCHEDULE_SOURCE = `
triggers:
  - id: every-morning
    type: core.trigger.Schedule
    cron: "0 8 * * *"
`;
