/** Somebody's first minutes in the dashboard: sign up, break a flow, mend it, run it, read what it gave. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { ROOT } from '../cli/dev/settings.ts';

const PROGRAM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
const SCREENSHOTS = join(ROOT, 'test-results/dashboard');
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const { url } = inject('rondo');
let browser: Browser;
let context: BrowserContext;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  if (PROGRAM === undefined) throw new Error('Chromium is missing; on Debian: apt-get install chromium');
  mkdirSync(SCREENSHOTS, { recursive: true });
  // Without --no-sandbox Chromium refuses to run as root, which is who builds in containers.
  browser = await chromium.launch({ executablePath: PROGRAM, args: ['--no-sandbox', ...QUIET] });
  context = await browser.newContext({ viewport: { width: 1360, height: 860 }, colorScheme: 'light' });
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => complaints.push(error.message));
});
afterAll(() => browser?.close());

/** The same page in both themes. */
async function photograph(name: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ animations: 'disabled', path: join(SCREENSHOTS, `${name}-${colorScheme}.png`) });
  }
}

const problems = () => page.getByRole('region', { name: 'Problems' });
const source = () => page.getByRole('textbox', { name: 'Source of the flow' });
const run = () => page.getByRole('region', { name: 'The run' });

describe('the first minutes', () => {
  test('signing up takes one form and ends in an editor with a flow that can run', async () => {
    await page.goto(`${url}/signup`);
    await page.getByLabel('Email').fill(`ada-${Date.now()}@example.com`);
    await page.getByLabel('Password').fill('correct horse battery staple');
    await page.getByRole('button', { name: 'Create account' }).click();
    await problems().getByText('No problems').waitFor();
    await photograph('editor');
  });

  test('a mistake is shown at its line while it is being made', async () => {
    const lines = await source().locator('.cm-line').allInnerTexts();
    const text = lines
      .map((line) => line.trimEnd())
      .join('\n')
      .replace('core.log.Log', 'core.log.Logg');
    await source().fill(text);
    const line = text.split('\n').findIndex((candidate) => candidate.includes('core.log.Logg')) + 1;
    await problems()
      .getByRole('button', { name: new RegExp(`core\\.log\\.Logg.*Line ${line}`) })
      .waitFor();
    await photograph('mistake');
    await source().fill(text.replace('core.log.Logg', 'core.log.Log'));
    await problems().getByText('No problems').waitFor();
  });

  test('Run saves, starts, and shows the logs and the outputs beside the source', async () => {
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await run().locator('[aria-live]').getByText('Success', { exact: true }).waitFor();
    await run().getByRole('log').getByText('Hello, world!').waitFor();
    await photograph('run');
    await run().getByRole('tab', { name: 'Outputs' }).click();
    await run()
      .getByText(/HELLO, WORLD! This is execution/)
      .first()
      .waitFor();
    await photograph('outputs');
  });

  test('the execution has a page of its own, and stands in the list', async () => {
    await run().getByRole('link', { name: 'Open the execution' }).click();
    await page.getByRole('tree').getByText('greet').waitFor();
    await photograph('execution');
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Executions' }).click();
    await page.getByText('hello-world').first().waitFor();
    await photograph('executions');
  });

  test('nothing went wrong in the page meanwhile', () => {
    expect(complaints).toEqual([]);
  });
});
