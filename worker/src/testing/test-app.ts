/** The whole API with a clock that a test sets, and people made without the cost of signing up. */
import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test';
import { createApp } from '../app.ts';
import * as apiTokens from '../db/api-tokens.ts';
import { directoryOf } from '../db/directory.ts';
import * as members from '../db/members.ts';
import { user } from '../db/schema/directory/user.ts';
import * as tenants from '../db/tenants.ts';
import { hashOf, newToken, tokenPrefix } from '../identity/token.ts';
import type { UserId } from '../ids.ts';
import { EXECUTION_SHARDS_DEFAULT, TOKEN_LIFE_MS_DEFAULT } from '../limits.ts';
import { systemSeams } from '../middleware/context.ts';
import type { Role } from '../protocol/roles.ts';
import { assert } from '../result.ts';
import { Tenant } from '../tenant.ts';

export const ORIGIN = 'https://rondo.test';

export interface TestPerson {
  userId: UserId;
  email: string;
  token: string;
  /** Calls the API with this person's token. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

/** A fresh app, at noon of a fixed day until the test says otherwise. */
export class TestApp {
  now = Date.UTC(2026, 10, 20, 12);
  readonly #app = createApp({ now: () => this.now, random: systemSeams.random });

  /** A call without any credentials but those in `init`. What it left to be done afterwards is done. */
  async fetch(path: string, init?: RequestInit): Promise<Response> {
    const context = createExecutionContext();
    const answer = await this.#app.fetch(new Request(ORIGIN + path, init), env, context);
    await waitOnExecutionContext(context);
    return answer;
  }

  async person(name = 'ada'): Promise<TestPerson> {
    const userId = crypto.randomUUID() as UserId;
    const email = `${name}@example.com`;
    const at = new Date(this.now);
    const directory = directoryOf(env);
    await directory.insert(user).values({ id: userId, name, email, createdAt: at, updatedAt: at });
    const token = newToken('pat', systemSeams.random);
    await apiTokens.create(directory, {
      id: crypto.randomUUID(),
      hash: await hashOf(token),
      userId,
      name: 'test',
      prefix: tokenPrefix(token),
      createdAt: this.now,
      expiresAt: this.now + TOKEN_LIFE_MS_DEFAULT,
    });
    const fetch = (path: string, init: RequestInit = {}) => this.fetch(path, withToken(init, token));
    return { userId, email, token, fetch };
  }

  /** A tenant with these members. */
  async tenant(id: string, people: Partial<Record<Role, TestPerson>> = {}): Promise<Tenant> {
    const directory = directoryOf(env);
    const shards = { dataShard: 0, executionShards: EXECUTION_SHARDS_DEFAULT };
    const record = await tenants.create(directory, { id, name: id, ...shards, createdAt: this.now });
    assert(record !== undefined, `the tenant id ${id} is free`);
    for (const role of ['owner', 'admin', 'editor', 'operator', 'viewer'] as const) {
      const person = people[role];
      if (person)
        await members.add(directory, { userId: person.userId, tenantKey: record.key, role, createdAt: this.now });
    }
    return new Tenant(env, record);
  }
}

function withToken(init: RequestInit, token: string): RequestInit {
  const headers = new Headers(init.headers);
  headers.set('Authorization', `Bearer ${token}`);
  return { ...init, headers };
}

/** A JSON body with its content type. */
export function jsonInit(method: string, body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', ...headers } };
}

export function yamlInit(method: string, body: string, headers: Record<string, string> = {}): RequestInit {
  return { method, body, headers: { 'Content-Type': 'application/x-yaml', ...headers } };
}
