// One file per room of loading instead of two hundred modules: start-up time is a feature. What a start always needs is
// bundled; what it may never need (express, multer, xpath …) stays outside and is imported when it is. Ajv is bundled, in chunks of
// its own that are imported when needed: it is a hundred files, which take three times as long to load.
const bundled = new Set(['@marcbachmann/cel-js', 'ajv', 'ajv-formats', 'commander', 'content-disposition', 'fast-deep-equal', 'fast-uri', 'fresh', 'json-schema-traverse', 'lossless-json', 'negotiator', 'range-parser', 'safe-buffer', 'yaml']);

export default {
  input: { index: 'src/index.ts', vitest: 'src/vitest.ts', 'cli/main': 'src/cli/main.ts' },
  platform: 'node',
  external: (id) => !/^[./]/.test(id) && !bundled.has(id.startsWith('@') ? id.split('/', 2).join('/') : id.split('/', 1)[0]),
  output: { dir: 'dist', format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js', minify: { mangle: false, compress: false }, sourcemap: true },
};
