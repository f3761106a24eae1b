/** Types of `ctx.exports`: what this Worker's own parts call each other by. */
declare namespace Cloudflare {
  interface GlobalProps {
    mainModule: typeof import('./index.ts');
    durableNamespaces: 'ExecutionObject' | 'FlowObject' | 'RunnerGroupObject' | 'SchedulerObject';
  }
}
