import { defineConfig } from 'vitest/config';

/** Tests over the whole product as `npm start` runs it. One after the other: they share the machine and its clock. */
export default defineConfig({
  test: {
    name: 'e2e',
    root: import.meta.dirname,
    include: ['**/*.e2e.ts'],
    globalSetup: './shared-rondo.ts',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
