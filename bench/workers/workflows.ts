/** The same jobs as Cloudflare Workflows: a step for each task. */
import { WorkflowEntrypoint } from 'cloudflare:workers';
import type { WorkflowEvent, WorkflowStep } from 'cloudflare:workers';

interface Job {
  tasks: number;
  shape: string;
}

interface Env {
  JOBS: Workflow<Job>;
}

const POLL_MS = 10;

export class JobWorkflow extends WorkflowEntrypoint<Env, Job> {
  override async run({ payload: { tasks, shape } }: Readonly<WorkflowEvent<Job>>, step: WorkflowStep): Promise<number> {
    const one = (i: number) => step.do(`step ${i}`, async () => ({ i, ok: true }));
    if (shape === 'fan-out') await Promise.all(Array.from({ length: tasks }, (_, i) => one(i)));
    else for (let i = 0; i < tasks; i++) await one(i);
    return tasks;
  }
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const params = { tasks: Number(searchParams.get('tasks')), shape: searchParams.get('shape') ?? '' };
    const instance = await env.JOBS.create({ params });
    for (;;) {
      const { status, error } = await instance.status();
      if (status === 'complete') return Response.json({ id: instance.id, status });
      if (status === 'errored' || status === 'terminated') return Response.json({ status, error }, { status: 500 });
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  },
} satisfies ExportedHandler<Env>;
