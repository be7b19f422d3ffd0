import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Rehearsal, ScenarioInput } from '../../src/index.ts';
import { ask, multipart } from '../support/client.ts';
import { rehearse } from '../support/rehearsal.ts';
import { openBrowser, openConsole, without } from './browser.ts';
import { upload, zipOf } from './demo.mjs';

const markup = '<img src=x onerror="globalThis.pwned=1"><script>globalThis.pwned=1</script>';
const inUrl = encodeURI(markup).replaceAll('/', '%2F');

const board: ScenarioInput = {
  scenario: 'board',
  summary: markup,
  vars: { [`v`]: markup },
  collections: { notes: { key: 'id', rows: [] } },
  routes: {
    'POST /notes': { name: markup, expect: { json: { size: 1 } }, do: { insert: { in: 'notes', value: '${{ body }}' } }, respond: { html: '${{ body.text }}' } },
    'POST /files': { respond: { status: 202 } },
  },
} as unknown as ScenarioInput;

describe.skipIf(without !== null)(`the console's safety in Chromium${without === null ? '' : ` (${without})`}`, () => {
  let browser: Browser;
  let server: Rehearsal;
  beforeAll(async () => {
    server = await rehearse({ scenarios: board });
    browser = await openBrowser(server);
  });

  it('shows what a hostile request brings as text: in path, header, JSON, file name and archive', async () => {
    await ask(server, '/notes', { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Note': markup }, body: JSON.stringify({ text: markup, [markup]: { __html: markup, dangerouslySetInnerHTML: { __html: markup }, constructor: null } }) });
    await ask(server, `/${inUrl}?q=${markup.replaceAll(' ', '%20')}`);
    await ask(server, '/files', { method: 'POST', ...multipart({ [markup.replaceAll('"', "'")]: { filename: markup.replaceAll('"', "'"), content: markup } }) });
    await ask(server, '/files', { method: 'POST', ...upload('a.zip', await zipOf({ [markup.replaceAll('/', '|')]: '' })) });
    await using opened = await openConsole(browser, server, 'live');
    const { page, errors } = opened;
    const harmless = async (holds: string): Promise<void> => {
      await expect.poll(() => page.locator('main').innerText()).toContain(holds);
      expect(await page.evaluate(() => [document.querySelectorAll('#console img, #console script, #console [onerror], #console iframe').length, 'pwned' in globalThis])).toEqual([0, false]);
    };
    await harmless('<img src=x');
    for (const exchange of server.journal()) {
      await page.goto(`${server.url}/_rehearsal/#/live/${exchange.id}`);
      await page.getByText('Rules tried').waitFor();
      await harmless('<img src=x');
    }
    await page.goto(`${server.url}/_rehearsal/#/sessions/default`);
    await page.getByRole('button', { name: 'Edit row 1' }).click();
    await page.getByLabel(`${markup} of 1`).waitFor();
    await harmless('<img src=x');
    for (const view of ['scenarios', 'routes']) {
      await page.goto(`${server.url}/_rehearsal/#/${view}`);
      await harmless(markup);
    }
    await page.goto(`${server.url}/_rehearsal/#/sessions/${encodeURIComponent(markup)}`);
    await harmless('cannot be the id of a session');
    expect(errors.filter((error) => !error.includes('status of 400'))).toEqual([]);
  });

  it('runs under a policy that lets neither inline script nor markup from text in', async () => {
    await using opened = await openConsole(browser, server, 'start');
    const { page } = opened;
    await page.getByText('A first request').waitFor();
    const tries = await page.evaluate(async () => {
      const outcome = (what: () => void): string => {
        try {
          what();
          return 'let in';
        } catch (error) {
          return (error as Error).name;
        }
      };
      const script = document.createElement('script');
      const inline = outcome(() => {
        script.textContent = 'globalThis.inline = 1';
        document.body.append(script);
      });
      const elsewhere = await fetch('https://localhost:1/').then(() => 'let in', () => 'blocked');
      return { markup: outcome(() => (document.body.innerHTML = '<b>')), inline: inline === 'let in' && 'inline' in globalThis, elsewhere };
    });
    expect(tries).toEqual({ markup: 'TypeError', inline: false, elsewhere: 'blocked' });
    await page.goto('about:blank');
    const framed = await page.evaluate((url) => new Promise<boolean>((resolve) => {
      const frame = document.createElement('iframe');
      frame.src = url;
      frame.onload = () => resolve(frame.contentDocument === null);
      document.body.append(frame);
    }), `${server.url}/_rehearsal/`);
    expect(framed).toBe(true);
  });

  it('asks for the token, keeps it for the tab, sends it with the event stream and downloads, and forgets it', async () => {
    const guarded = await rehearse({ scenarios: board, adminToken: 'open sesame'.replace(' ', '-') });
    const zip = await zipOf({ 'a.txt': 'a' });
    await ask(guarded, '/@:t/files', { method: 'POST', ...upload('a.zip', zip) });
    await using opened = await openConsole(browser, guarded, 'live', { copesWith: [401] });
    const { page, errors } = opened;
    await page.getByLabel('Token').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('This is not the token').first().waitFor();
    await page.getByRole('link', { name: 'Start here' }).first().click();
    await page.getByText(`${guarded.url}/@:my-tests`).waitFor();
    await page.getByRole('link', { name: 'Live' }).first().click();
    await page.getByLabel('Token').fill('open-sesame');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('link', { name: 'POST /files' }).waitFor();
    await page.getByText('Connected', { exact: true }).waitFor();
    await ask(guarded, '/@:t/other');
    await page.getByRole('link', { name: 'GET /other' }).waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'GET /other' }).waitFor();
    await page.goto(`${guarded.url}/_rehearsal/#/sessions/t`);
    const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save a.zip' }).click()]);
    expect(readFileSync((await saved.path())!)).toEqual(zip);
    await page.getByRole('button', { name: 'Forget the token' }).click();
    await page.getByLabel('Token').waitFor();
    expect(errors).toEqual([]);
  });
});
