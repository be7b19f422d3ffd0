import { describe, expect, it } from 'vitest';
import { UploadMissing } from '../../src/model/index.ts';
import { replyKinds, replyShape } from '../../src/replies/index.ts';
import type { JsonSchema } from '../../src/shapes/index.ts';
import { readYaml } from '../support/compiler.ts';
import { ask, serve } from '../server/respond-server.ts';
import { answerYaml, compileYaml, factsOf } from './compile-for-test.ts';

const fixtures = { 'hello.txt': 'Hello, world!\n' };

describe('every example of every kind of reply', () => {
  it('there is at least one for each kind of the language', () => {
    expect(replyKinds.map((kind) => kind.key).sort()).toEqual(['base64', 'bytes', 'file', 'generate', 'html', 'json', 'stream', 'text', 'upload', 'xml', 'zip']);
    expect(replyKinds.filter((kind) => kind.examples.length === 0)).toEqual([]);
  });

  it.each(replyKinds.flatMap((kind) => kind.examples.map((example) => [kind.key, example.yaml, example] as const)))('%s: %s', async (_key, yaml, example) => {
    const { reply, mistakes } = await compileYaml(yaml, { fixtures });
    expect(mistakes).toEqual([]);
    if (example.status === 404 && yaml.startsWith('upload')) {
      expect(() => reply!.render(factsOf())).toThrow(UploadMissing);
      return;
    }
    await using server = await serve(await answerYaml(yaml, factsOf(), { fixtures }));
    const got = await ask(server.port);
    expect(got.status).toBe(example.status);
    expect(got.headers).toMatchObject(example.headers ?? {});
    if (example.body !== undefined) expect(got.body.toString()).toBe(example.body);
  });

  it('makes at load what no request can change', async () => {
    for (const yaml of ['json: { a: 1 }', 'file: hello.txt', 'zip: { a.txt: b }', 'stream: [ { text: a } ]', '{ text: a, delay: 2 s, throttle: 1 kB/s, fault: reset }', 'redirect: /x', 'status: 204']) {
      expect((await compileYaml(yaml, { fixtures })).reply!.fixed, yaml).not.toBeNull();
    }
    for (const yaml of ["json: { a: '${{ query.a }}' }", "{ json: 1, headers: { X-A: '${{ query.a }}' } }", '{ json: 1, delay: { min: 1 s, max: 2 s } }', '{ text: abc, fault: { corrupt: 1 B } }', 'generate: { type: integer }', 'bytes: 1 GiB', "status: ${{ int(query.s) }}"]) {
      expect((await compileYaml(yaml, { fixtures })).reply!.fixed, yaml).toBeNull();
    }
  });

  it('fits the published JSON Schema', async () => {
    const { Ajv2020 } = await import('ajv/dist/2020.js');
    const definitions = new Map<string, JsonSchema>();
    const schema = { ...replyShape.jsonSchema(definitions), $defs: Object.fromEntries(definitions) };
    const validate = new Ajv2020({ strict: false }).compile(schema);
    for (const kind of replyKinds) for (const { yaml } of kind.examples) expect([yaml, validate(asJson(yaml)), validate.errors]).toEqual([yaml, true, null]);
    for (const yaml of ['{ jsn: 1 }', '{ status: abc }', '{ fault: { trunc: 1 } }', '{ delay: true }']) expect([yaml, validate(asJson(yaml))]).toEqual([yaml, false]);
  });
});

/** As an editor reads it: numbers are numbers. */
function asJson(yaml: string): unknown {
  return JSON.parse(JSON.stringify(readYaml(yaml), (_key, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)));
}
