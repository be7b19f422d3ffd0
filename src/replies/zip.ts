import { formatSize } from '../base/units.ts';
import { need, type Compiler, type Content, type Facts, type Fixture, type ReplyKind } from '../model/index.ts';
import { byKind, mapOf, object, optional, text, type Out } from '../shapes/index.ts';
import { decodeBase64 } from './base64.ts';
import { brokenContent } from './content.ts';
import { representedBytes } from './representation.ts';
import { asText, constant, filled, type Value } from './value.ts';
import { buildZip, mistakeInEntryName, mistakeInEntryNames } from './zip-archive.ts';

/** Archives are built in memory. */
const maxContentBytes = 64 * 1024 * 1024;
const maxEntries = 10_000;

const entryShape = byKind([
  text({ about: 'The text of the entry.' }),
  object({
    file: optional(text({ about: 'A file under the fixtures folder.' })),
    base64: optional(text({ about: 'The bytes of the entry, in base64.' })),
  }, { name: 'an entry of the archive', oneOf: { keys: ['file', 'base64'], atLeastOne: true }, expected: 'a map with `file` or `base64`' }),
], { expected: 'text, `{ file: NAME }` or `{ base64: BYTES }`' });

const shape = byKind([
  text({ expected: 'the name of a folder under the fixtures folder' }),
  mapOf(entryShape, { key: mistakeInEntryName, expected: 'a map from the path of an entry to its content' }),
], { expected: 'a map from paths to contents, or the name of a fixtures folder', about: 'The entries of the archive, or a fixtures folder.' });

/** Entries are stored, not deflated, under a fixed time: the bytes depend on the input alone, not on the machine's zlib or time zone. */
export const zip = {
  key: 'zip',
  shape,
  about: 'An archive built from `{ path: text or { file: … } or { base64: … } }` or from a fixtures folder; the same input gives the same bytes.',
  examples: [
    { yaml: 'zip: { readme.txt: hello, data/one.bin: { base64: AQID } }', status: 200, headers: { 'content-type': 'application/zip', 'accept-ranges': 'bytes' } },
    { yaml: '{ zip: { tasks.csv: "id;name" }, download: tasks.zip }', status: 200, headers: { 'content-disposition': 'attachment; filename="tasks.zip"' } },
  ],
  compile(value, compiler) {
    const entries = typeof value === 'string' ? folderEntries(value, compiler) : mapEntries(value, compiler);
    return entries ? archiveContent(entries) : brokenContent;
  },
} satisfies ReplyKind<Out<typeof shape>>;

type Entries = ReadonlyMap<string, Value<Buffer>>;

function archiveContent(entries: Entries): Content {
  let needs = need.nothing as number;
  let fixed = true;
  for (const entry of entries.values()) {
    needs |= entry.needs;
    fixed &&= entry.fixed;
  }
  return {
    needs, fixed,
    render(facts: Facts) {
      const contents = new Map<string, Buffer>();
      for (const [name, entry] of entries) contents.set(name, entry.get(facts));
      return buildZip(contents).then((bytes) => representedBytes(bytes, 'application/zip'));
    },
  };
}

function folderEntries(name: string, compiler: Compiler): Entries | null {
  const folder = compiler.fixtureFolder(name);
  if (!folder) return null;
  return bounded([...folder].map(([path, fixture]) => [path, fixture] as const), compiler);
}

function mapEntries(map: Readonly<Record<string, Out<typeof entryShape>>>, compiler: Compiler): Entries | null {
  const named = Object.entries(map);
  const clash = mistakeInEntryNames(named.map(([name]) => name));
  if (clash) {
    compiler.mistake(clash.mistake, [clash.name], 'key');
    return null;
  }
  const made: (readonly [string, Fixture | Value<Buffer>])[] = [];
  for (const [name, entry] of named) {
    const content = entryContent(entry, compiler.at(name));
    if (content) made.push([name, content]);
  }
  return made.length === named.length ? bounded(made, compiler) : null;
}

function entryContent(entry: Out<typeof entryShape>, compiler: Compiler): Fixture | Value<Buffer> | null {
  if (typeof entry === 'string') return filled(entry, compiler, (value) => Buffer.from(asText(value)));
  if (entry.file !== undefined) return compiler.at('file').fixture(entry.file);
  return filled(entry.base64!, compiler.at('base64'), (value) => decodeBase64(asText(value)));
}

function bounded(entries: readonly (readonly [string, Fixture | Value<Buffer>])[], compiler: Compiler): Entries | null {
  const sizeBytes = entries.reduce((sum, [, entry]) => sum + ('path' in entry ? entry.sizeBytes : 0), 0);
  if (entries.length <= maxEntries && sizeBytes <= maxContentBytes) return new Map(entries.map(([name, entry]) => [name, 'path' in entry ? constantOf(entry) : entry]));
  compiler.mistake({
    code: 'too-large', message: 'This archive is too large to be built', expected: `at most ${maxEntries} entries of together ${formatSize(maxContentBytes)}`, got: `${entries.length} entries, ${formatSize(sizeBytes)} of files`,
    fix: 'Build it once and serve it with `file`',
  });
  return null;
}

function constantOf(fixture: Fixture): Value<Buffer> {
  return { ...constant(Buffer.alloc(0)), get: () => fixture.read() };
}
