import { readFileSync } from 'node:fs';

// What a start always needs is bundled; what it may never need (express, multer, xpath …) stays outside and is imported when it
// is. Ajv is bundled, in chunks of its own that are imported when needed: it is a hundred files, which take three times as long to load.
const bundled = new Set(['@marcbachmann/cel-js', 'ajv', 'ajv-formats', 'commander', 'content-disposition', 'fast-deep-equal', 'fast-uri', 'fresh', 'json-schema-traverse', 'lossless-json', 'negotiator', 'range-parser', 'safe-buffer', 'yaml']);

const external = (id) => !/^[./]/.test(id) && !bundled.has(id.startsWith('@') ? id.split('/', 2).join('/') : id.split('/', 1)[0]);

/** The chunks that are loaded compiled, each with the modules that bring in its others: all that they import, but for what they import when it is needed. */
const chunks = { core: /\/src\/(?:cli\/start|server\/start)\.ts$/, 'command-line': /\/src\/cli\/command-line\.ts$/ };

const imports = new Map();
let chunkOf = null;

function assignChunks() {
  const assigned = new Map();
  const assign = (id, name) => {
    if (assigned.has(id)) return;
    assigned.set(id, name);
    for (const imported of imports.get(id) ?? []) assign(imported, name);
  };
  for (const [name, pattern] of Object.entries(chunks)) for (const id of imports.keys()) if (pattern.test(id)) assign(id, name);
  return assigned;
}

/**
 * Only CommonJS can be loaded from what V8 made of it before (src/load-compiled.cjs). A script so loaded cannot import by itself
 * on Node 20: a module beside it does it for it.
 */
const importing = 'obtain';
const loadedCompiled = {
  name: 'loaded-compiled',
  moduleParsed({ id, importedIds }) {
    imports.set(id, importedIds);
  },
  renderChunk(code, { name }) {
    if (!(name in chunks)) return null;
    if (code.split(importing).length !== 2) throw new Error(`${importing} is a name that the program uses`);
    // As long as the word it stands for: the source map holds.
    return { code: importsIn(this.parse(code)).reduce((rendered, at) => rendered.slice(0, at) + importing + rendered.slice(at + importing.length), code), map: null };
  },
  generateBundle(_, bundle) {
    // A source of one byte a letter is read in a third of the time.
    for (const chunk of Object.values(bundle)) if (chunk.name in chunks) chunk.code = chunk.code.replace(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
    for (const chunk of Object.values(bundle).filter(({ isEntry }) => isEntry)) {
      const up = '../'.repeat(chunk.fileName.split('/').length - 1) || './';
      chunk.code = chunk.code.replace(/\brequire\(("[^"]*\/chunks\/[^"]+")\)/g, `require("${up}load-compiled.cjs").loadCompiled(require.resolve($1))`);
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
      entryFileNames: ({ name }) => (name === 'index' ? 'index.cjs' : '[name].js'),
      chunkFileNames: 'chunks/[name]-[hash].cjs',
      intro: ({ name }) => (name in chunks ? `const ${importing} = (id) => require('./import-module.cjs')(id);` : ''),
      codeSplitting: { includeDependenciesRecursively: false, groups: [{ debugName: 'compiled', name: (id) => (chunkOf ??= assignChunks()).get(id) ?? null }] },
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
