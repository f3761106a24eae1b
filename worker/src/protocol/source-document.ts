/** Dashboards, apps and tests of flows as the API answers with them. */
import { z } from 'zod';

const Instant = z.iso.datetime();

export const DashboardView = z
  .object({
    id: z.string(),
    title: z.string(),
    description: z.string().optional(),
    sourceCode: z.string(),
    created: Instant,
    updated: Instant,
    deleted: z.literal(false),
  })
  .meta({ id: 'Dashboard' });

export const AppView = z
  .object({
    uid: z.string(),
    id: z.string().optional(),
    namespace: z.string().optional(),
    name: z.string(),
    source: z.string(),
    created: Instant,
    updated: Instant,
    disabled: z.boolean(),
  })
  .meta({ id: 'App' });

export const TestSuiteView = z
  .object({
    id: z.string(),
    namespace: z.string(),
    description: z.string().optional(),
    source: z.string(),
    created: Instant,
    updated: Instant,
    deleted: z.literal(false),
  })
  .meta({ id: 'TestSuite' });

/** Absent constraints: nothing is wrong. */
export const DocumentFaults = z
  .object({ constraints: z.string().optional(), diagnostics: z.array(z.looseObject({ detail: z.string() })) })
  .meta({ id: 'DocumentFaults' });
