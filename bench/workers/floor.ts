/** What the platform allows at best: bare objects that share executions, and for each execution one commit of the same rows
 *  that the product writes. */
import { DurableObject } from 'cloudflare:workers';

const SHARDS = 8;

interface Env {
  FLOOR: DurableObjectNamespace<FloorObject>;
}

export class FloorObject extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS execution (id TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS log (execution TEXT PRIMARY KEY, lines TEXT NOT NULL) WITHOUT ROWID;
    `);
  }

  async run(tasks: number): Promise<string> {
    const id = crypto.randomUUID();
    const results = await Promise.all(Array.from({ length: tasks }, async (_, i) => ({ i, ok: true, at: Date.now() })));
    this.ctx.storage.transactionSync(() => {
      this.#sql.exec('INSERT INTO execution (id, state) VALUES (?, ?)', id, JSON.stringify(results));
      this.#sql.exec('INSERT INTO log (execution, lines) VALUES (?, ?)', id, JSON.stringify([{ at: Date.now() }]));
    });
    return JSON.stringify({ id, results: results.length });
  }
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const tasks = Number(new URL(request.url).searchParams.get('tasks'));
    const shard = Math.floor(Math.random() * SHARDS);
    return new Response(await env.FLOOR.getByName(String(shard)).run(tasks));
  },
} satisfies ExportedHandler<Env>;
