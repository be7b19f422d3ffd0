/**
 * A value as block YAML. Maps are given as lists of pairs where order or repeated care matters, or as plain objects.
 * @param {unknown} value
 * @param {number} [depth]
 * @returns {string} Begins on the line of its key (a scalar after a space) or on a line of its own.
 */
export function yaml(value, depth = 0) {
  const indent = '  '.repeat(depth);
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []';
    return value.map((item) => {
      const text = yaml(item, depth + 1);
      // A map or a list in a list begins on the line of its dash.
      return `\n${indent}-${text.startsWith('\n') ? ` ${text.slice(1).trimStart()}` : text}`;
    }).join('');
  }
  if (typeof value === 'object' && value !== null && !isRaw(value)) {
    const pairs = Object.entries(value).filter(([, one]) => one !== undefined);
    if (pairs.length === 0) return ' {}';
    return pairs.map(([key, one]) => `\n${indent}${word(key)}:${yaml(one, depth + 1)}`).join('');
  }
  return ` ${typeof value === 'string' ? word(value) : (JSON.stringify(value) ?? 'null')}`;
}

/** Numbers kept as they were written. @param {object} value */
function isRaw(value) {
  return /** @type {import('../shell/exact-json.js').ExactJson} */ (JSON).isRawJSON?.(value) ?? false;
}

/** Text that YAML 1.1 and 1.2 alike read as this text stands bare, all other in double quotes, as in JSON. @param {string} text */
function word(text) {
  const bare = /^[A-Za-z/][\w./-]*(?: [\w./-]+)*$/.test(text) && !/^(?:true|false|yes|no|on|off|null|y|n)$/i.test(text);
  // What JSON leaves bare and YAML does not.
  return bare ? text : JSON.stringify(text).replaceAll(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
