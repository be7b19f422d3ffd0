import { existsSync } from 'node:fs';
import { Agent } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import type { Rehearsal } from '../../src/index.ts';
import { whenTestsEnd } from '../support/cleanup.ts';
import { ask } from '../support/client.ts';
import { trusting } from './trusting.mjs';

const executablePath = '/usr/bin/chromium';

/** Why the browser's tests are left out; null: they run. */
export const without = existsSync(executablePath) ? null : `left out: there is no ${executablePath} (apt-get install chromium)`;

/** A browser that trusts the servers of this test file; closed when it ends. */
export async function openBrowser(server: Rehearsal): Promise<Browser> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', await trusting(server)] });
  whenTestsEnd(() => browser.close());
  return browser;
}

export interface Opened extends AsyncDisposable {
  readonly page: Page;
  /** What the browser's console said that is an error, and what the page did not catch. */
  readonly errors: readonly string[];
}

/** The console at a place such as `live?status=4xx`. A status that the page asks about and copes with is no error of its own. */
export async function openConsole(browser: Browser, server: Rehearsal, place: string, options: BrowserContextOptions & { readonly copesWith?: readonly number[] } = {}): Promise<Opened> {
  const { copesWith = [], ...contextOptions } = options;
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ['clipboard-read', 'clipboard-write'], ...contextOptions });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('dialog', (dialog) => {
    errors.push(`a dialog came: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() === 'error' && !copesWith.some((status) => message.text().includes(`status of ${status}`))) errors.push(message.text());
  });
  await page.goto(`${server.url}/_rehearsal/#/${place}`);
  return { page, errors, [Symbol.asyncDispose]: () => context.close() };
}

/** Sends so many requests a second on kept connections for some time, and at the end resolves with how many there were. `perSecond` null: as fast as they are answered. */
export async function drive(server: Rehearsal, path: string, { perSecond, count }: { readonly perSecond: number | null; readonly count: number }): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const stepMs = 20;
  const batch = perSecond === null ? 100 : (perSecond * stepMs) / 1000;
  const sent: Promise<unknown>[] = [];
  const startedAt = performance.now();
  for (let number = 0; number < count; number += batch) {
    const now = Array.from({ length: Math.min(batch, count - number) }, (_, index) => ask(server, `${path}?n=${number + index}`, { agent }));
    sent.push(...now);
    if (perSecond === null) await Promise.all(now);
    else await pause(Math.max(0, startedAt + (number / perSecond) * 1000 + stepMs - performance.now()));
  }
  await Promise.all(sent);
  agent.destroy();
}
