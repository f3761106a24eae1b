/** Graphs as the API answers with them: of one flow, and of flows that depend on each other. */
import { z } from 'zod';

const Anything = z.record(z.string(), z.unknown());
const RelationType = z.enum(['SEQUENTIAL', 'PARALLEL', 'CHOICE', 'DYNAMIC', 'ERROR', 'FINALLY', 'AFTER_EXECUTION']);

const Node = z.object({
  uid: z.string(),
  type: z.string(),
  branchType: RelationType.optional(),
  task: Anything.optional(),
  trigger: Anything.optional(),
  taskRun: Anything.optional(),
});

export const FlowGraphView = z
  .object({
    nodes: z.array(Node),
    edges: z.array(
      z.object({
        source: z.string(),
        target: z.string(),
        relation: z.object({ relationType: RelationType, value: z.string().optional() }),
      }),
    ),
    clusters: z.array(
      z.object({
        cluster: z.object({
          uid: z.string(),
          type: z.string(),
          branchType: RelationType.optional(),
          taskNode: Node.optional(),
        }),
        nodes: z.array(z.string()),
        parents: z.array(z.string()),
        start: z.string(),
        end: z.string(),
      }),
    ),
    flowables: z.array(z.string()),
  })
  .meta({ id: 'FlowGraph' });

export const FlowTopologyGraph = z
  .object({
    nodes: z.array(z.object({ uid: z.string(), namespace: z.string(), id: z.string() })),
    edges: z.array(
      z.object({ source: z.string(), target: z.string(), relation: z.enum(['FLOW_TASK', 'FLOW_TRIGGER']) }),
    ),
  })
  .meta({ id: 'FlowTopologyGraph' });
export type FlowTopologyGraph = z.infer<typeof FlowTopologyGraph>;
