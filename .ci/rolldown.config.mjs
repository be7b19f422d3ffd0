import { readFileSync } from 'node:fs';

// What a start always needs is bundled; what it may never need (express, multer, xpath …) stays outside and is imported when it
// is. Ajv is bundled, in chunks of its own that are imported when needed: it is a hundred files, which take three times as long to load.
const bundled = new Set(['@marcbachmann/cel-js', 'ajv', 'ajv-formats', 'commander', 'content-disposition', 'fast-deep-equal', 'fast-uri', 'fresh', 'json-schema-traverse', 'lossless-json', 'negotiator', 'range-parser', 'safe-buffer', 'yaml']);

const external = (id) => !/^[./]/.test(id) && !bundled.has(id.startsWith('@') ? id.split('/', 2).join('/') : id.split('/', 1)[0]);

/** The chunks of what every start needs, each with the modules that bring in its others: all that they import, but for what they import when it is needed. */
const atStart = { words: /\/src\/(?:cli\/begin|server\/version)\.ts$/, core: /\/src\/(?:cli|server)\/start\.ts$/ };
const imports = new Map();
let chunkOf = null;

function assignChunks() {
  const assigned = new Map();
  const assign = (id, name) => {
    if (assigned.has(id)) return;
    assigned.set(id, name);
    for (const imported of imports.get(id) ?? []) assign(imported, name);
  };
  for (const [name, pattern] of Object.entries(atStart)) for (const id of imports.keys()) if (pattern.test(id)) assign(id, name);
  return assigned;
}

/**
 * They are CommonJS, since only that can be loaded from what V8 made of it before (src/load-compiled.cjs). Each is a module where it is required,
 * and a function that makes one where it is run as a script. Such a script cannot import on Node 20: a module beside it does that for it.
 */
const importing = 'obtain';
const head = `'use strict';
(this === globalThis ? (make) => make : (make) => make(exports, require, module, __filename, __dirname))((function (exports, require, module, __filename, __dirname) {
const ${importing} = (id) => require('./import-module.cjs')(id);
/** A module of Node's own that a start does without. */
const later = (id) => new Proxy({}, { get: (_, name) => require(id)[name] });`;
const foot = '}));';

const loadedCompiled = {
  name: 'loaded-compiled',
  moduleParsed({ id, importedIds }) {
    imports.set(id, importedIds);
  },
  renderChunk(code, { name }) {
    if (!(name in atStart)) return null;
    if (code.split(importing).length !== 2) throw new Error(`${importing} is a name that the program uses`);
    // As long as the word it stands for: the source map holds.
    const rendered = importsIn(this.parse(code)).reduce((before, at) => before.slice(0, at) + importing + before.slice(at + importing.length), code);
    return { code: rendered.replace(/= require\("(node:(?:fs\/promises|module|zlib))"\);/g, '= later("$1");'), map: null };
  },
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      // A source of one byte a letter is read in a third of the time.
      if (chunk.name in atStart) chunk.code = chunk.code.replace(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
      if (chunk.isEntry) chunk.code = chunk.code.replace(/\brequire\("(\.[./]*\/)(chunks\/(?:core|words)-[^"]+)"\)/g, 'require("$1load-compiled.cjs").loadCompiled(require.resolve("$1$2"))');
    }
    const { exports } = Object.values(bundle).find(({ name }) => name === 'index');
    const files = {
      'index.js': `import rehearsal from './index.cjs';\nexport const { ${exports.join(', ')} } = rehearsal;\n`,
      'cli/package.json': '{ "type": "commonjs" }\n',
      'load-compiled.cjs': readFileSync('src/load-compiled.cjs'),
      'chunks/import-module.cjs': 'module.exports = (id) => import(id);\n',
    };
    for (const [fileName, source] of Object.entries(files)) this.emitFile({ type: 'asset', fileName, source });
  },
};

/** Where `import(…)` stands. */
function importsIn(node) {
  if (typeof node !== 'object' || node === null) return [];
  const inside = Object.values(node).flatMap(importsIn);
  return node.type === 'ImportExpression' ? [node.start, ...inside] : inside;
}

const output = { dir: 'dist', minify: false, comments: false, sourcemap: true };

export default [
  {
    input: { index: 'src/index.ts', 'cli/main': 'src/cli/main.ts' },
    platform: 'node',
    preserveEntrySignatures: 'allow-extension',
    external,
    plugins: [loadedCompiled],
    output: {
      ...output,
      format: 'cjs',
      // As the modules are that it is made of.
      strict: true,
      entryFileNames: ({ name }) => (name === 'index' ? 'index.cjs' : '[name].js'),
      chunkFileNames: 'chunks/[name]-[hash].cjs',
      banner: ({ name }) => (name in atStart ? head : ''),
      footer: ({ name }) => (name in atStart ? foot : ''),
      codeSplitting: { includeDependenciesRecursively: false, groups: [{ debugName: 'at start', name: (id) => (chunkOf ??= assignChunks()).get(id) ?? null }] },
    },
  },
  {
    input: { vitest: 'src/vitest.ts' },
    platform: 'node',
    external,
    plugins: [{ name: 'library-outside', resolveId: (id) => (id === './index.ts' ? { id: './index.js', external: 'relative' } : null) }],
    output: { ...output, format: 'esm' },
  },
];
