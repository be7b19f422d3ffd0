import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Rehearsal } from '../../src/index.ts';
import { ask, askJson } from '../support/client.ts';
import { rehearse, temporaryFolder } from '../support/rehearsal.ts';
import { openBrowser, openConsole, without } from './browser.ts';
import { upload, zipOf } from './demo.mjs';

const folder = temporaryFolder('console-views');
const files = join(folder, 'scenarios');

const shop = `scenario: shop
summary: A shop that is open.
base: /shop
state: open
vars: { orders: 0, big: 9007199254740993 }
collections:
  pieces:
    key: id
    rows:
      - { id: 1, name: nut, price: 0.5, serial: 9007199254740993 }
      - { id: 2, name: bolt, price: 2, serial: 12 }
    schema: { type: object, properties: { name: { type: string, minLength: 1 } } }
routes:
  GET /pieces: { respond: { json: '\${{ pieces }}' } }
  POST /close: { do: { state: closed } }
  POST /reports: { respond: { status: 202 } }
  GET /pieces/{id}: { respond: { json: { id: 1 } } }
`;
const closed = `scenario: shop-closed
extends: shop
summary: Everything is 503.
routes:
  GET /pieces: { respond: { status: 503, text: closed } }
`;

describe.skipIf(without !== null)(`the views in Chromium${without === null ? '' : ` (${without})`}`, () => {
  let browser: Browser;
  let server: Rehearsal;
  beforeAll(async () => {
    mkdirSync(files);
    writeFileSync(join(files, 'shop.yaml'), shop);
    writeFileSync(join(files, 'closed.yaml'), closed);
    cpSync(join(files, 'shop.yaml'), join(folder, 'kept.yaml'));
    server = await rehearse({ scenarios: files, watch: true });
    browser = await openBrowser(server);
  });

  const pieces = async (session: string): Promise<number> => (await ask(server, `/@:${session}/shop/pieces`)).status;

  it('selects a scenario for everybody and for one session with one click, and says what each does', async () => {
    await using opened = await openConsole(browser, server, 'scenarios');
    const { page, errors } = opened;
    await page.getByText('Everything is 503.').waitFor();
    await page.getByRole('button', { name: 'Use shop-closed for everybody' }).click();
    await page.getByRole('button', { name: 'In use shop-closed for everybody' }).waitFor();
    expect(await pieces('one')).toBe(503);
    await page.getByRole('button', { name: 'Use shop for everybody' }).click();
    await page.getByRole('button', { name: 'In use shop for everybody' }).waitFor();
    await page.getByLabel('Select for the session').fill('night shift');
    await page.getByText('1 to 64 of').waitFor();
    expect(await page.getByRole('button', { name: 'Use shop-closed' }).isDisabled()).toBe(true);
    await page.getByLabel('Select for the session').fill('night');
    await page.getByRole('button', { name: 'Use shop-closed for the session night' }).click();
    await page.getByRole('button', { name: 'In use shop-closed for the session night' }).waitFor();
    expect([await pieces('night'), await pieces('day')]).toEqual([503, 200]);
    expect(errors).toEqual([]);
  });

  it('shows the mistakes of a broken file as they stand, and takes them away when it is mended', async () => {
    await using opened = await openConsole(browser, server, 'scenarios');
    const { page, errors } = opened;
    await page.getByText('Everything is 503.').waitFor();
    writeFileSync(join(files, 'closed.yaml'), closed.replace('respond:', 'respnod:'));
    await expect.poll(() => page.locator('.mistakes').innerText()).toMatch(/closed\.yaml:5:\d+[\s\S]*respnod[\s\S]*respond/);
    await page.getByText('The last good text still serves.').waitFor();
    writeFileSync(join(files, 'new.yaml'), 'scenario: new\nroutse: {}\n');
    await page.getByText('These files could not be loaded.').waitFor();
    writeFileSync(join(files, 'closed.yaml'), closed);
    writeFileSync(join(files, 'new.yaml'), 'scenario: new\nroutes: {}\n');
    await expect.poll(() => page.locator('.mistakes').count()).toBe(0);
    expect(errors).toEqual([]);
  });

  it('shows and changes what a session remembers, with every digit of its numbers', async () => {
    await ask(server, '/@:desk/shop/close', { method: 'POST' });
    await using opened = await openConsole(browser, server, 'sessions', { copesWith: [400, 422] });
    const { page, errors } = opened;
    await page.getByRole('link', { name: 'desk' }).click();
    await expect.poll(() => page.getByLabel('State').inputValue()).toBe('closed');
    expect(await page.getByLabel('big').inputValue()).toBe('9007199254740993');
    await page.getByLabel('State').fill('shut');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'shut' }).waitFor();
    await page.getByLabel('State').fill('open');
    await page.getByLabel('orders').fill('4');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect.poll(() => page.getByRole('button', { name: 'Save', exact: true }).count()).toBe(0);
    const session = (await ask(server, '/_rehearsal/sessions/desk')).text;
    expect(session).toMatch(/"state":"open"/);
    expect(session).toMatch(/"orders":4,"big":9007199254740993/);

    await page.getByRole('button', { name: 'Edit row 2' }).click();
    await page.getByLabel('name of 2').fill('');
    await page.keyboard.press('Enter');
    await page.getByText('That did not work.').waitFor();
    await page.getByLabel('name of 2').fill('12');
    await page.getByLabel('price of 2').fill('2.50');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Edit row 2' }).waitFor();
    await page.getByRole('button', { name: 'Add a row' }).click();
    await page.getByLabel('name of new row').fill('washer');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Edit row 3' }).waitFor();
    expect((await ask(server, '/@:desk/shop/pieces')).text).toBe('[{"id":1,"name":"nut","price":0.5,"serial":9007199254740993},{"id":2,"name":"12","price":2.5,"serial":12},{"id":3,"name":"washer"}]');
    await page.getByRole('button', { name: 'Remove row 1' }).click();
    await page.getByRole('group', { name: 'Sure?' }).getByRole('button', { name: 'Remove row 1' }).click();
    await expect.poll(async () => (await ask(server, '/@:desk/shop/pieces')).json().length).toBe(2);
    await page.getByRole('button', { name: 'Reset pieces' }).click();
    await page.getByRole('group', { name: 'first rows' }).getByRole('button', { name: 'Reset pieces' }).click();
    await expect.poll(async () => (await ask(server, '/@:desk/shop/pieces')).json().map((row: { name: string }) => row.name)).toEqual(['nut', 'bolt']);
    expect(errors).toEqual([]);
  });

  it('gives uploads to be saved, and takes a session back to its beginning', async () => {
    const zip = await zipOf({ 'a.txt': 'a' });
    await ask(server, '/@:lab/shop/reports', { method: 'POST', ...upload('report.zip', zip) });
    await using opened = await openConsole(browser, server, 'sessions/lab', { copesWith: [404] });
    const { page, errors } = opened;
    const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Save report.zip' }).click()]);
    expect(saved.suggestedFilename()).toBe('report.zip');
    expect(readFileSync((await saved.path())!)).toEqual(zip);
    await page.getByRole('button', { name: 'Reset the session' }).click();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Reset the session');
    await page.getByRole('button', { name: 'Reset the session' }).click();
    await page.getByRole('group').getByRole('button', { name: 'Reset the session' }).click();
    await page.getByText('never', { exact: true }).waitFor();
    expect(server.journal({ session: 'lab' }).total).toBe(0);
    expect(errors).toEqual([]);
  });

  it('lists the routes with their curl lines and counts, those never called apart', async () => {
    await askJson(server, '/shop/reports', {});
    await using opened = await openConsole(browser, server, 'routes');
    const { page, errors } = opened;
    const route = (name: string) => page.locator('.route', { hasText: name });
    await expect.poll(() => route('GET /shop/pieces/{id}').innerText()).toMatch(/never called[\s\S]+curl --cacert rehearsal-ca\.pem https:\/\/localhost:\d+\/shop\/pieces\/1/);
    const before = await route('POST /shop/reports').locator('.calls').innerText();
    await askJson(server, '/shop/reports', {});
    await expect.poll(() => route('POST /shop/reports').locator('.calls').innerText()).not.toBe(before);
    await page.getByLabel('Never called').check();
    await expect.poll(() => page.locator('.route').count()).toBe(1);
    await route('GET /shop/pieces/{id}').getByRole('button', { name: 'Copy' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/\/shop\/pieces\/1$/);
    await page.getByLabel('Also of scenarios not in use').check();
    await expect.poll(() => page.locator('.route', { hasText: 'not in use' }).count()).toBeGreaterThan(0);
    expect(errors).toEqual([]);
  });

  it('starts a newcomer: address, certificate, trust for the client, a first request that works', async () => {
    await using opened = await openConsole(browser, server, 'start');
    const { page, errors } = opened;
    await page.getByText(`${server.url}/@:my-tests`).waitFor();
    const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download rehearsal-ca.pem' }).click()]);
    expect([saved.suggestedFilename(), readFileSync((await saved.path())!, 'utf8')]).toEqual(['rehearsal-ca.pem', server.ca]);
    await page.getByLabel('Your client').selectOption('node');
    await page.getByText('export NODE_EXTRA_CA_CERTS=rehearsal-ca.pem').waitFor();
    await page.getByLabel('Your system').selectOption('Windows');
    await page.getByText("$env:NODE_EXTRA_CA_CERTS = 'rehearsal-ca.pem'").waitFor();
    const line = await page.getByRole('region', { name: 'the first request' }).innerText();
    expect((await ask(server, new URL(line.split(' ').at(-1)!).pathname)).status).toBe(200);
    expect(errors).toEqual([]);
  });
});
