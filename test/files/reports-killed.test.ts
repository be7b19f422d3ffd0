import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { expect, onTestFinished, test } from 'vitest';
import { openDataFolder } from '../../src/files/data-folder.ts';
import { openReports } from '../../src/files/reports.ts';
import { tempFolder } from './temp-folder.ts';

test('kill -9 at any moment leaves each report whole or not at all, and every one that was said to be stored', async () => {
  const folder = tempFolder();
  const program = join(folder, 'child.mjs');
  const bundle = await rolldown({ input: join(import.meta.dirname, 'kill-child.ts'), platform: 'node', external: ['yauzl'], logLevel: 'silent' });
  await bundle.write({ file: program, format: 'esm', codeSplitting: false });
  const dir = join(folder, 'data');
  const promised = new Map<string, string>();
  for (const afterReports of [0, 1, 3, 10, 25, 40]) {
    const child = spawn(process.execPath, [program, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.split('\n').length > afterReports) child.kill('SIGKILL');
    });
    await once(child, 'close');
    for (const line of said.split('\n').slice(0, -1)) {
      const [id, sha256] = line.split(' ');
      promised.set(id!, sha256!);
    }

    const data = await openDataFolder(dir);
    const reports = openReports(data, { ids: () => 'unused', now: () => 0 });
    const whole = reports.list();
    for (const report of whole) {
      const bytes = readFileSync(report.storedAt.path);
      expect([report.id, bytes.length, createHash('sha256').update(bytes).digest('hex')]).toEqual([report.id, report.sizeBytes, report.sha256]);
    }
    const ids = new Set(whole.map(({ id }) => id));
    expect([...promised.keys()].filter((id) => !ids.has(id))).toEqual([]);
    expect(readdirSync(join(dir, 'reports')).sort()).toEqual([...ids].flatMap((id) => [`${id}.bin`, `${id}.json`]).sort());
    await reports.close();
    await data.close();
  }
  expect(promised.size).toBeGreaterThan(50);
});
