import { randomBytes } from 'node:crypto';
import { openDataFolder } from '../../src/files/data-folder.ts';
import { openReports } from '../../src/files/reports.ts';

/** Stores reports of many sizes without end, eight at a time, and says `SHA-256 size` for each that is whole. Run in a process that is killed. */
const data = await openDataFolder(process.argv[2]!);
let count = 0;
const reports = openReports(data, { ids: () => `r${process.pid}_${(count += 1)}`, now: () => Date.UTC(2026, 10, 1) + count });

async function storeForEver(lane: number): Promise<void> {
  for (let round = 0; ; round += 1) {
    const writer = reports.begin({ exchange: 'e1', session: 'default', part: 'file', filename: `${lane}.zip`, type: 'application/zip' });
    const chunk = randomBytes(1 + ((lane * 7919 + round * 104_729) % 200_000));
    for (let index = 0; index <= (lane + round) % 5; index += 1) {
      if (!writer.write(chunk)) await new Promise<void>((done) => writer.onceDrained(done));
    }
    const report = await writer.finish();
    process.stdout.write(`${report.id} ${report.sha256} ${report.sizeBytes}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, (_, lane) => storeForEver(lane)));
