import type { Mistake } from '../base/diagnostic.ts';
import { show } from '../base/show.ts';

/** The earliest time that the format can hold. Taken from local fields, since that is how it is written: the same in every time zone. */
const entryTime = (): Date => new Date(1980, 0, 1);

/** An archive of these entries, in this order. The same entries give the same bytes. */
export async function buildZip(entries: ReadonlyMap<string, Buffer>): Promise<Buffer> {
  const { ZipFile } = await import('yazl');
  const archive = new ZipFile();
  const blocks: Buffer[] = [];
  const written = new Promise<void>((resolve, reject) => {
    archive.on('error', reject);
    archive.outputStream.on('data', (block: Buffer) => blocks.push(block)).on('end', resolve).on('error', reject);
  });
  const mtime = entryTime();
  for (const [name, bytes] of entries) archive.addBuffer(bytes, name, { mtime, mode: 0o100644, compress: false, forceDosTimestamp: true });
  archive.end();
  await written;
  return Buffer.concat(blocks);
}

/** A name that would be extracted somewhere else, or nowhere, on some system. */
export function mistakeInEntryName(name: string): Mistake | null {
  const reason = badName(name);
  return reason === null ? null : { code: 'bad-entry-name', message: `An archive entry cannot have this name: ${reason}`, expected: 'a relative path with `/` between its parts, such as `data/tasks.csv`', got: show(name) };
}

function badName(name: string): string | null {
  if (name === '') return 'it is empty';
  if (name.includes('${{')) return 'it has an expression in it, and entries are named when the scenario is loaded';
  if (Buffer.byteLength(name) > 1024) return 'it is longer than 1024 bytes';
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'it has a control character in it';
  if (name.includes('\\')) return 'it has a backslash in it';
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return 'it is absolute';
  const parts = name.split('/');
  if (parts.includes('..') || parts.includes('.')) return 'it has `.` or `..` in it';
  return parts.includes('') ? 'it has an empty part' : null;
}

/** The first name that another stands in the way of: the same one, or one that would have to be a file and a folder. */
export function mistakeInEntryNames(names: readonly string[]): { readonly name: string; readonly mistake: Mistake } | null {
  const files = new Set(names);
  if (files.size < names.length) {
    const name = names.find((one, index) => names.indexOf(one) < index)!;
    return { name, mistake: { code: 'bad-entry-name', message: 'Two entries of the archive have the same name', got: show(name) } };
  }
  for (const name of names) {
    for (let slash = name.indexOf('/'); slash !== -1; slash = name.indexOf('/', slash + 1)) {
      if (files.has(name.slice(0, slash))) return { name, mistake: { code: 'bad-entry-name', message: `\`${name.slice(0, slash)}\` cannot be both a file and a folder in the archive`, got: show(name) } };
    }
  }
  return null;
}
