// One file per room of loading instead of two hundred modules: start-up time is a feature. What a start always needs is
// bundled; what it may never need (express, multer, ajv …) stays outside and is imported when it is.
const bundled = new Set(['@marcbachmann/cel-js', 'commander', 'content-disposition', 'fresh', 'lossless-json', 'negotiator', 'range-parser', 'safe-buffer', 'yaml']);

export default {
  input: { index: 'src/index.ts', 'cli/main': 'src/cli/main.ts' },
  platform: 'node',
  external: (id) => !/^[./]/.test(id) && !bundled.has(id.startsWith('@') ? id.split('/', 2).join('/') : id.split('/', 1)[0]),
  output: { dir: 'dist', format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js', minify: { mangle: false, compress: false }, sourcemap: true },
};
