'use strict';
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { runInThisContext, Script } = require('node:vm');

const digestBytes = 32;

/**
 * Loads a chunk with what V8 made of it when it was built (`.ci/compile.mjs`): to compile it takes longer than all else that a
 * start does. Where there is no such file, or it is of another Node, the chunk is loaded as any other module.
 */
function loadCompiled(file) {
  const compiled = file in require.cache ? null : readCompiled(file);
  if (compiled !== null) loadScript(file, compiled);
  return require(file);
}

/** Makes a module of a chunk, and of the chunks that it needs. Gives the script that it is. */
function loadScript(file, compiled) {
  // V8 compiles it when `compiled` is not of this source and this V8.
  const script = new Script(readFileSync(file, 'latin1'), { filename: file, cachedData: compiled });
  const chunk = new module.constructor(file, module);
  chunk.filename = file;
  chunk.paths = module.paths;
  require.cache[file] = chunk;
  const folder = dirname(file);
  const requireFrom = (id) => (id.startsWith('./') ? loadCompiled(join(folder, id)) : chunk.require(id));
  script.runInThisContext()(chunk.exports, requireFrom, chunk, file, folder);
  chunk.loaded = true;
  return script;
}

function readCompiled(file) {
  // Runners of tests have contexts of their own, in which a module belongs.
  if (runInThisContext('Object') !== Object) return null;
  try {
    return unsealed(readFileSync(compiledName(file)));
  } catch {
    return null;
  }
}

/** V8 takes damaged bytes as they are, and crashes: their SHA-256 goes with them. */
function sealed(bytes) {
  return Buffer.concat([bytes, digestOf(bytes)]);
}

/** Null for what is not whole, or not as it was written. */
function unsealed(bytes) {
  const content = bytes.subarray(0, -digestBytes);
  return digestOf(content).equals(bytes.subarray(-digestBytes)) ? content : null;
}

function digestOf(bytes) {
  return createHash('sha256').update(bytes).digest();
}

/** For one version of Node on one kind of machine. */
function compiledName(file) {
  return `${file}.${process.version}-${process.platform}-${process.arch}.compiled`;
}

module.exports = { compiledName, loadCompiled, loadScript, sealed, unsealed };
