/** What the platform allows at best: bare objects that share executions, each task a row, and one commit for each execution. */
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
      CREATE TABLE IF NOT EXISTS task (
        execution TEXT NOT NULL,
        number INTEGER NOT NULL,
        result TEXT NOT NULL,
        PRIMARY KEY (execution, number)
      ) WITHOUT ROWID;
    `);
  }

  async run(tasks: number, shape: string): Promise<string> {
    const id = crypto.randomUUID();
    this.#sql.exec("INSERT INTO execution (id, state) VALUES (?, 'RUNNING')", id);
    const one = async (i: number) => {
      const result = await Promise.resolve({ i, ok: true, at: Date.now() });
      this.#sql.exec('INSERT INTO task (execution, number, result) VALUES (?, ?, ?)', id, i, JSON.stringify(result));
    };
    if (shape === 'fan-out') await Promise.all(Array.from({ length: tasks }, (_, i) => one(i)));
    else for (let i = 0; i < tasks; i++) await one(i);
    this.#sql.exec("UPDATE execution SET state = 'SUCCESS' WHERE id = ?", id);
    const results = this.#sql.exec<{ result: string }>(
      'SELECT result FROM task WHERE execution = ? ORDER BY number',
      id,
    );
    return `{"id":"${id}","results":[${results
      .toArray()
      .map(({ result }) => result)
      .join()}]}`;
  }
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const tasks = Number(searchParams.get('tasks'));
    const shard = Math.floor(Math.random() * SHARDS);
    return new Response(await env.FLOOR.getByName(String(shard)).run(tasks, searchParams.get('shape') ?? ''));
  },
} satisfies ExportedHandler<Env>;
