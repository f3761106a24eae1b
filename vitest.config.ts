import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** Three runtimes, one run: plain Node for what is pure, workerd for what touches the platform, jsdom for components. */
export default defineConfig({
  test: {
    coverage: {
      provider: 'istanbul',
      include: ['worker/src/**/*.ts', 'web/src/**/*.ts', 'runners/src/**/*.ts', 'cli/src/**/*.ts'],
      reporter: ['text-summary', 'lcov'],
    },
    projects: [
      {
        test: {
          name: 'node',
          testTimeout: 30_000,
          environment: 'node',
          include: [
            'worker/src/**/*.test.ts',
            'runners/src/**/*.test.ts',
            'cli/src/**/*.test.ts',
            'blueprints/**/*.test.ts',
            'bench/**/*.test.ts',
          ],
          exclude: ['**/*.workers.test.ts', '**/node_modules/**'],
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                RONDO_SECRET: 'only-for-tests-0123456789abcdef0123456789',
                DIRECTORY_MIGRATIONS: await readD1Migrations('./migrations/directory'),
                DATA_MIGRATIONS: await readD1Migrations('./migrations/data'),
              },
            },
          })),
        ],
        test: {
          name: 'worker',
          // Real databases and queues on a loaded machine; a test that waits says itself for what.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          include: ['worker/src/**/*.workers.test.ts'],
          setupFiles: ['worker/src/testing/setup.ts'],
          isolate: false,
          deps: {
            optimizer: {
              ssr: {
                enabled: true,
                include: [
                  'hono',
                  'hono/factory',
                  'hono/http-exception',
                  'hono/route',
                  'fflate',
                  'zod',
                  'yaml',
                  'croner',
                  'drizzle-orm/d1',
                  'drizzle-orm/sqlite-core',
                  'drizzle-orm',
                  '@hono/zod-openapi',
                  'better-auth',
                  'better-auth/adapters/drizzle',
                  'temporal-polyfill',
                  're2js',
                ],
                rolldownOptions: { external: [/^node:/, /^cloudflare:/] },
              },
            },
          },
        },
      },
      {
        plugins: [svelte()],
        resolve: { conditions: ['browser'] },
        test: {
          name: 'web',
          environment: 'jsdom',
          include: ['web/src/**/*.test.ts'],
          // The first takes each test's components off the page again.
          setupFiles: ['@testing-library/svelte/vitest', 'web/test/setup.ts'],
          isolate: false,
        },
      },
    ],
  },
});
