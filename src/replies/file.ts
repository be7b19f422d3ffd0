import { formatSize } from '../base/units.ts';
import { boolean, text } from '../shapes/index.ts';
import type { Compiler, Content, ContentMade, Fixture, ReplyKind } from '../model/index.ts';
import { brokenContent, contentOf } from './content.ts';
import { sha256OfFile } from './file-digest.ts';
import { mediaTypeByName } from './media-types.ts';
import { representedBytes } from './representation.ts';
import { asText, constant, filled } from './value.ts';

/** A file up to this size is answered from memory. */
const inMemoryBytes = 1024 * 1024;
/** A file to be filled is held as text. */
const maxRenderedBytes = 10 * 1024 * 1024;

export const file = {
  key: 'file',
  shape: text({ expected: 'the name of a file under the fixtures folder', about: 'A file under the fixtures folder.' }),
  options: { render: boolean('Fill the `${{ }}` in the file first.') },
  about: 'A fixture; `render: true` fills its `${{ }}` first.',
  examples: [{ yaml: 'file: hello.txt', status: 200, headers: { 'content-type': 'text/plain; charset=utf-8', 'accept-ranges': 'bytes', 'content-length': '14' }, body: 'Hello, world!\n' }],
  compile(value, compiler, options) {
    if (value.includes('${{')) {
      compiler.mistake({ code: 'dynamic-fixture', message: 'A fixture is found when the scenario is loaded, so its name cannot be an expression', expected: 'the name of a file', got: value, fix: 'Write one rule for each file, told apart by `when`' });
      return brokenContent;
    }
    const fixture = compiler.fixture(value);
    if (!fixture) return brokenContent;
    return options['render'] === true ? renderedFile(fixture, compiler) : contentOf(constant(fixture), storedFile);
  },
} satisfies ReplyKind<string>;

/**
 * The file as it is. In memory its ETag follows from the content; on disk from size and time of change, which `respond`
 * compares with the file that it opens: a file that has changed since goes out without the ETag.
 */
function storedFile(fixture: Fixture): ContentMade {
  const type = mediaTypeByName(fixture.name);
  const lastModified = new Date(fixture.modifiedMs);
  if (fixture.sizeBytes <= inMemoryBytes) return representedBytes(fixture.read(), type, lastModified);
  const etag = `"${fixture.sizeBytes.toString(36)}-${Math.trunc(fixture.modifiedMs * 1000).toString(36)}"`;
  let digest: Promise<Buffer> | null = null;
  const sha256 = (): Promise<Buffer> => {
    digest ??= sha256OfFile(fixture.path);
    digest.catch(() => (digest = null));
    return digest;
  };
  return { body: { kind: 'file', path: fixture.path, sizeBytes: fixture.sizeBytes, modifiedMs: fixture.modifiedMs, representation: { etag, lastModified, sha256 } }, type };
}

function renderedFile(fixture: Fixture, compiler: Compiler): Content {
  if (fixture.sizeBytes > maxRenderedBytes) {
    compiler.mistake({ code: 'too-large', message: 'This file is too large to be filled', expected: `at most ${formatSize(maxRenderedBytes)}`, got: formatSize(fixture.sizeBytes) });
    return brokenContent;
  }
  let source: string;
  try {
    source = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fixture.read());
  } catch {
    compiler.mistake({ code: 'not-text', message: '`render` is for text, and this file is not UTF-8', expected: 'a file in UTF-8', got: mediaTypeByName(fixture.name), fix: 'Take `render` out' });
    return brokenContent;
  }
  const type = mediaTypeByName(fixture.name);
  return contentOf(filled(source, compiler, (one) => Buffer.from(asText(one))), (bytes) => representedBytes(bytes, type));
}
