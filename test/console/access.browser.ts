import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Rehearsal } from '../../src/index.ts';
import { rehearse } from '../support/rehearsal.ts';
import { openBrowser, openConsole, without } from './browser.ts';
import { fill } from './demo.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds that keeps people out. */
async function barriers(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate(() => (globalThis as unknown as { axe: { run(options: object): Promise<{ violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] }> } }).axe.run({ resultTypes: ['violations'] }));
  return found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
}

describe.skipIf(without !== null)(`the console for everybody in Chromium${without === null ? '' : ` (${without})`}`, () => {
  let browser: Browser;
  let server: Rehearsal;
  let places: readonly (readonly [place: string, holds: string])[];
  beforeAll(async () => {
    server = await rehearse({ scenarios: 'scenarios' });
    browser = await openBrowser(server);
    await fill(server);
    server.session('nightly').use('cleaner-no-tasks');
    const newest = (filter: object): string => server.journal(filter)[0]!.id;
    places = [
      ['live', 'exchanges'], ['live?status=599', 'No exchange passes'], [`live/${newest({ unmatched: true })}`, 'Rules tried'], [`live/${newest({ violations: true })}`, 'of what the rule expects'], [`live/${newest({ path: '/xyz/api/cleaner/tasks/report', violations: false })}`, 'entries in the archive'],
      ['scenarios', 'in-pieces'], ['scenarios?session=nightly', 'In use'], ['sessions', 'checkout'], ['sessions/checkout', 'departments'], ['routes', 'never called'], ['start', 'A first request'],
    ];
  });

  it.each(['light', 'dark'] as const)('has no serious or critical barrier in any view, in %s', async (colorScheme) => {
    await using opened = await openConsole(browser, server, 'live', { colorScheme });
    const { page, errors } = opened;
    for (const [place, holds] of places) {
      await page.goto(`${server.url}/_rehearsal/#/${place}`);
      await expect.poll(() => page.locator('main').innerText()).toContain(holds);
      await expect.poll(() => page.locator('main').innerText()).not.toMatch(/Loading /);
      expect([place, await barriers(page)]).toEqual([place, []]);
      expect(await page.locator('h1').count()).toBe(1);
    }
    expect(errors).toEqual([]);
  });

  it('fits a phone of 360 pixels in every view, without scrolling sideways', async () => {
    await using opened = await openConsole(browser, server, 'live', { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
    const { page, errors } = opened;
    for (const [place, holds] of places) {
      await page.goto(`${server.url}/_rehearsal/#/${place}`);
      await expect.poll(() => page.locator('main').innerText()).toContain(holds);
      expect([place, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([place, 360]);
    }
    await page.goto(`${server.url}/_rehearsal/#/live`);
    await page.locator('.exchange-row a').nth(2).tap();
    await page.getByRole('button', { name: 'Close' }).tap();
    await page.locator('.exchange-row a').nth(2).waitFor();
    expect(await barriers(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('names the place in the title, begins each view at its heading, and keeps silent while exchanges stream in', async () => {
    await using opened = await openConsole(browser, server, 'live');
    const { page, errors } = opened;
    for (const [link, title] of [['Routes', 'Routes'], ['Start here', 'Start here'], ['Live', 'Live']] as const) {
      await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: link }).click();
      await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe(title);
      expect(await page.title()).toBe(`${title} · Rehearsal`);
      expect(await page.locator('nav [aria-current=page]').allInnerTexts()).toEqual([title]);
    }
    await fill(server);
    await expect.poll(() => page.locator('.counts').innerText()).toContain('exchanges');
    expect(await page.getByRole('status').innerText()).toBe('');
    await page.getByLabel('Violations').check();
    await expect.poll(() => page.getByRole('status').innerText()).toMatch(/^\d+ exchanges shown\.$/);
    expect(errors).toEqual([]);
  });
});
