// Makes the pictures of the console that the README shows: `npm run build && node test/console/screenshots.mjs`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { fill } from './demo.mjs';
import { trusting } from './trusting.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const entry = process.argv[2] ?? join(root, 'dist/index.js');
const out = process.argv[3] ?? fileURLToPath(new URL('screenshots', import.meta.url));
const { startRehearsal } = await import(pathToFileURL(entry).href);

const certs = mkdtempSync(join(tmpdir(), 'rehearsal-screenshots-'));
const server = await startRehearsal({ scenarios: join(root, 'scenarios'), fixtures: join(root, 'fixtures'), certs });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', await trusting(server)] });

const wide = { width: 1280, height: 800 };
const phone = { width: 360, height: 740 };
/** @type {readonly { name: string, path: (ids: Record<string, string>) => string, size: { width: number, height: number }, theme: 'light' | 'dark' }[]} */
const shots = [
  { name: 'live', path: () => 'live', size: wide, theme: 'light' },
  { name: 'exchange', path: ({ unmatched }) => `live/${unmatched}`, size: wide, theme: 'light' },
  { name: 'exchange-dark', path: ({ violation }) => `live/${violation}`, size: wide, theme: 'dark' },
  { name: 'upload', path: ({ upload }) => `live/${upload}`, size: wide, theme: 'light' },
  { name: 'scenarios', path: () => 'scenarios', size: wide, theme: 'light' },
  { name: 'session', path: () => 'sessions/checkout', size: wide, theme: 'light' },
  { name: 'routes-dark', path: () => 'routes', size: wide, theme: 'dark' },
  { name: 'start', path: () => 'start', size: wide, theme: 'light' },
  { name: 'phone-live', path: () => 'live', size: phone, theme: 'light' },
  { name: 'phone-exchange', path: ({ unmatched }) => `live/${unmatched}`, size: phone, theme: 'dark' },
];

try {
  await fill(server);
  server.session('nightly').use('cleaner-no-tasks');
  const newest = (/** @type {object} */ filter) => server.journal(filter)[0]?.id ?? 'none';
  const ids = { unmatched: newest({ unmatched: true, status: '404' }), violation: newest({ violations: true }), upload: newest({ path: '/xyz/api/cleaner/tasks/report', violations: false }) };
  for (const { name, path, size, theme } of shots) {
    const page = await browser.newPage({ viewport: size, colorScheme: theme, deviceScaleFactor: 1.5 });
    page.on('pageerror', (error) => process.stderr.write(`${name}: ${error.message}\n`));
    page.on('console', (message) => message.type() === 'error' && process.stderr.write(`${name}: ${message.text()}\n`));
    await page.goto(`${server.url}/_rehearsal/#/${path(ids)}`);
    await page.locator('.connection.connected').waitFor();
    await page.waitForFunction(() => document.querySelector('main h1') !== null && !/Loading /.test(document.body.innerText));
    await page.waitForTimeout(300);
    await page.screenshot({ path: join(out, `${name}.png`) });
    await page.close();
  }
} finally {
  await browser.close();
  await server.close();
  rmSync(certs, { recursive: true, force: true });
}
