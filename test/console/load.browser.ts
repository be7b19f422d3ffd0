import { describe, expect, it } from 'vitest';
import type { ScenarioInput } from '../../src/index.ts';
import { rehearse } from '../support/rehearsal.ts';
import { drive, openBrowser, openConsole, without } from './browser.ts';

const busy: ScenarioInput = { scenario: 'busy', routes: { 'GET /pieces': { respond: { json: { pieces: [1, 2, 3] } } } } } as ScenarioInput;

/** Measured by the page itself. A person notices from about 100 ms on; the machine of the test is also the server, its clients and the painter. */
const mostMs = 400;

describe.skipIf(without !== null)(`ten thousand exchanges in Chromium${without === null ? '' : ` (${without})`}`, () => {
  it('are listed while 500 more come each second, and the page goes on answering clicks', async () => {
    const server = await rehearse({ scenarios: busy });
    await drive(server, '/pieces', { perSecond: null, count: 10_000 });
    await using opened = await openConsole(await openBrowser(server), server, 'live');
    const { page, errors } = opened;
    await page.getByText('10,000 exchanges').waitFor();
    await page.evaluate(() => {
      const seen = { clicks: [] as number[], tasks: [] as number[] };
      new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: 'longtask' });
      // From the click itself, time in the browser's queue included, to the frame that shows what came of it.
      addEventListener('click', ({ timeStamp }) => requestAnimationFrame(() => setTimeout(() => seen.clicks.push(performance.now() - timeStamp))), true);
      Object.assign(globalThis, { seen });
    });
    const driven = drive(server, '/pieces', { perSecond: 500, count: 2000 });
    for (let turn = 0; turn < 4; turn += 1) {
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.getByLabel('Violations').click();
      await page.getByLabel('Violations').click();
      expect(await page.locator('.exchange-box [role=row]').count()).toBeLessThan(60);
    }
    await driven;
    await expect.poll(() => page.locator('.exchange-box .request').first().innerText()).toMatch(/n=\d+/);
    await expect.poll(() => page.locator('.exchange-box').evaluate((box) => box.scrollHeight)).toBeGreaterThan(10_000 * 30 - 1);
    await page.locator('.exchange-box').evaluate((box) => (box.scrollTop = box.scrollHeight));
    await expect.poll(() => page.locator('.exchange-box [role=row]').last().getAttribute('aria-rowindex')).toMatch(/^1\d{4}$/);
    const { clicks, tasks } = await page.evaluate(() => (globalThis as unknown as { seen: { clicks: number[]; tasks: number[] } }).seen);
    expect(clicks.length).toBeGreaterThanOrEqual(16);
    expect(Math.max(...clicks)).toBeLessThan(mostMs);
    expect(Math.max(0, ...tasks)).toBeLessThan(mostMs);
    if (process.env['REHEARSAL_SHOW_TIMES'] !== undefined) process.stdout.write(`clicks ${clicks.map(Math.round).join(' ')}; long tasks ${tasks.map(Math.round).join(' ')}\n`);
    expect(errors).toEqual([]);
  });

  it('are found again when the server comes back, and nothing of its earlier life stands among them', async () => {
    const first = await rehearse({ scenarios: busy });
    const browser = await openBrowser(first);
    await drive(first, '/pieces', { perSecond: null, count: 3 });
    await using opened = await openConsole(browser, first, 'live');
    const { page } = opened;
    await page.getByText('3 exchanges').waitFor();
    await first.close();
    await page.getByText('Not connected').waitFor();
    const second = await rehearse({ scenarios: busy, port: first.port });
    await drive(second, '/pieces', { perSecond: null, count: 2 });
    await page.getByText('2 exchanges').waitFor();
    await page.getByText('Connected', { exact: true }).waitFor();
  });
});
