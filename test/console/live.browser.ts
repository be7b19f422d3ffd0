import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Rehearsal, ScenarioInput } from '../../src/index.ts';
import { ask, askJson } from '../support/client.ts';
import { rehearse } from '../support/rehearsal.ts';
import { drive, openBrowser, openConsole, without } from './browser.ts';
import { upload, zipOf } from './demo.mjs';

const shop: ScenarioInput = {
  scenario: 'shop', base: '/shop',
  routes: {
    'GET /orders': [{ name: 'page two', when: { query: { page: '2' } }, respond: { json: { orders: [] } } }, { name: 'all orders', respond: { json: { orders: [{ id: 1 }] } } }],
    'POST /orders': { expect: { json: { total: { min: 1 } } }, respond: { status: 201, json: { id: 7 } } },
    'POST /reports': { respond: { status: 202, json: { taken: true } } },
    'GET /broken': { respond: { fault: 'empty' } },
  },
} as ScenarioInput;

const rows = (page: Page) => page.locator('.exchange-box [role=row]');
const texts = async (page: Page): Promise<string[]> => (await rows(page).locator('.request').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '));
const clipboard = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText());

describe.skipIf(without !== null)(`the live view in Chromium${without === null ? '' : ` (${without})`}`, () => {
  let browser: Browser;
  let server: Rehearsal;
  beforeAll(async () => {
    server = await rehearse({ scenarios: shop });
    browser = await openBrowser(server);
    await ask(server, '/shop/orders?page=2');
    await ask(server, '/@:checkout/shop/orders');
    await askJson(server, '/@:checkout/shop/orders', { total: 0 });
    await ask(server, '/shop/order/9');
    await ask(server, '/shop/broken').catch(() => undefined);
  });

  it('shows what came before and what comes, the newest first, and narrows it by each filter', async () => {
    await using opened = await openConsole(browser, server, 'live');
    const { page, errors } = opened;
    await expect.poll(() => texts(page)).toEqual(['GET /shop/broken', 'GET /shop/order/9', 'POST /shop/orders', 'GET /shop/orders', 'GET /shop/orders?page=2']);
    await page.getByLabel('No rule matched').check();
    await expect.poll(() => texts(page)).toEqual(['GET /shop/order/9']);
    await page.getByLabel('No rule matched').uncheck();
    await page.getByLabel('Violations').check();
    await expect.poll(() => texts(page)).toEqual(['POST /shop/orders']);
    expect(page.url()).toContain('violations');
    await page.getByLabel('Violations').uncheck();
    await page.getByLabel('Session').fill('checkout');
    await expect.poll(() => texts(page)).toEqual(['POST /shop/orders', 'GET /shop/orders']);
    await page.getByLabel('Session').fill('');
    await page.getByLabel('Status').selectOption('4xx');
    await expect.poll(() => texts(page)).toEqual(['GET /shop/order/9']);
    await page.getByLabel('Status').selectOption('none');
    await expect.poll(() => texts(page)).toEqual(['GET /shop/broken']);
    await page.getByLabel('Status').selectOption('');
    await page.getByLabel('Route or text').fill('page two');
    await expect.poll(() => texts(page)).toEqual(['GET /shop/orders?page=2']);
    await page.getByLabel('Route or text').fill('nothing like it');
    await page.getByRole('button', { name: 'Show all' }).click();
    await ask(server, '/shop/orders?page=3');
    await expect.poll(async () => (await texts(page))[0]).toBe('GET /shop/orders?page=3');
    expect(errors).toEqual([]);
  });

  it('opens an exchange: rule and place, verdicts of the rules tried, messages, uploads with their entries', async () => {
    const zip = await zipOf({ 'report/log.txt': 'fine', '<b>.csv': '' });
    await ask(server, '/shop/reports', { method: 'POST', ...upload('report.zip', zip) });
    await using opened = await openConsole(browser, server, 'live');
    const { page, errors } = opened;
    const panel = page.locator('.panel');
    await page.getByRole('link', { name: 'GET /shop/orders?page=2' }).click();
    await expect.poll(() => panel.innerText()).toMatch(/Answered by the rule page two of GET \/shop\/orders, at .+:\d+/);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('exchange-title');
    await page.keyboard.press('Escape');
    await expect.poll(() => panel.count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('page=2');

    await page.getByRole('link', { name: /^GET \/shop\/orders$/ }).click();
    await expect.poll(() => panel.locator('section', { hasText: 'Rules tried' }).innerText()).toMatch(/does not match GET \/shop\/orders page two[\s\S]+query page: expected 2, got nothing[\s\S]+matches GET \/shop\/orders all orders/);
    await page.getByRole('link', { name: 'GET /shop/order/9' }).click();
    await expect.poll(() => panel.innerText()).toMatch(/404 Not Found[\s\S]+No rule matched\.[\s\S]+GET \/shop\/orders[\s\S]+path: expected/);
    await page.getByRole('link', { name: 'POST /shop/reports' }).click();
    await expect.poll(() => panel.innerText()).toMatch(/report\.zip part file, application\/zip[\s\S]+2 entries[\s\S]+report\/log\.txt\s+4 bytes[\s\S]+<b>\.csv/);
    expect(await panel.innerText()).toContain('"taken": true');
    expect(errors).toEqual([]);
  });

  it('copies an exchange as a curl line and as a rule', async () => {
    await using opened = await openConsole(browser, server, 'live?violations');
    const { page, errors } = opened;
    await page.getByRole('link', { name: 'POST /shop/orders' }).click();
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await expect.poll(() => clipboard(page)).toMatch(/^curl --cacert rehearsal-ca\.pem .*--data-raw '\{"total":0\}' https:\/\/localhost:\d+\/@:checkout\/shop\/orders$/);
    await page.getByRole('button', { name: 'Copy as rule' }).click();
    await expect.poll(() => clipboard(page)).toMatch(/routes:\n {2}POST \/shop\/orders:\n {4}- when:\n {8}contentType: application\/json\n {8}json:\n {10}total: 0\n {6}respond:\n {8}status: 201/);
    expect(await page.getByRole('status').innerText()).toMatch(/^Copied/);
    expect(errors).toEqual([]);
  });

  it('stands still while it is paused or read, and says how many wait', async () => {
    await using opened = await openConsole(browser, server, 'live');
    const { page, errors } = opened;
    await expect.poll(() => rows(page).count()).toBeGreaterThan(4);
    await page.getByRole('button', { name: 'Pause' }).click();
    const before = await texts(page);
    await drive(server, '/shop/orders', { perSecond: null, count: 120 });
    await page.getByRole('button', { name: '120 new exchanges: show them' }).waitFor();
    expect(await texts(page)).toEqual(before);
    await page.getByRole('button', { name: 'Go on' }).click();
    await expect.poll(async () => (await texts(page))[0]).toMatch(/n=\d+/);
    await page.locator('.exchange-box').evaluate((box) => (box.scrollTop = 900));
    await expect.poll(async () => (await texts(page)).length).toBeLessThan(60);
    await ask(server, '/shop/orders?page=9');
    await page.getByRole('button', { name: '1 new exchange: show it' }).click();
    await expect.poll(async () => (await texts(page))[0]).toBe('GET /shop/orders?page=9');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Live');
    expect(errors).toEqual([]);
  });

  it('is moved through by keys alone', async () => {
    await using opened = await openConsole(browser, server, 'live');
    const { page, errors } = opened;
    const focused = (): Promise<string> => page.evaluate(() => (document.activeElement as HTMLElement).closest('[data-at]')?.getAttribute('data-at') ?? '');
    await rows(page).first().waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
    await page.locator('.exchange-box [tabindex="0"]').focus();
    for (const [key, at] of [['ArrowDown', 1], ['ArrowDown', 2], ['ArrowUp', 1], ['Home', 0]] as const) {
      await page.keyboard.press(key);
      await expect.poll(focused).toBe(String(at));
    }
    await page.keyboard.press('End');
    await expect.poll(focused).toBe(String(server.journal({ limit: 1 }).total - 1));
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('exchange-title');
    await page.keyboard.press('Escape');
    await expect.poll(focused).toBe(String(server.journal({ limit: 1 }).total - 1));
    expect(errors).toEqual([]);
  });
});
