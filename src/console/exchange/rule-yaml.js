import { isNested, parseExact } from '../shell/exact-json.js';
import { isUnmatched } from '../live/filters.js';
import { isWhole } from './kept-body.js';
import { yaml } from './yaml.js';

/** @typedef {import('../../model/exchange.ts').FullExchange} FullExchange */
/** @typedef {import('../../model/exchange.ts').RecordedMessage} RecordedMessage */

/** A map of nothing but these is a test in the scenario language, and so needs `equals` to be a plain map. */
export const operators = ['equals', 'not', 'contains', 'startsWith', 'endsWith', 'matches', 'oneOf', 'min', 'max', 'above', 'below', 'length', 'type', 'present', 'date', 'ignoreCase'];

const redacted = '[redacted]';

/**
 * The exchange as a rule for a scenario file: what came is what it asks for, what went out is what it replies with.
 * @param {FullExchange} exchange
 * @param {readonly import('./parts.js').Report[]} reports
 */
export function ruleYaml(exchange, reports) {
  const { method, url, id, at } = exchange;
  const [target = '/', search = ''] = url.replace(/^https?:\/\/[^/?#]+/i, '').replace(/^\/@[^/?]*/, '').split(/\?(.*)/s);
  const when = conditions(exchange.request, search, reports);
  const rule = { ...(Object.keys(when).length > 0 && { when }), respond: isUnmatched(exchange) ? { status: 200, json: { message: 'Write the answer here' } } : reply(exchange) };
  return `# Exchange ${plainWords(id)} of ${plainWords(at)}. Take the scenario's \`base\` off the path when it has one.\nroutes:${yaml({ [`${method} ${literal(target === '' ? '/' : target)}`]: [rule] }, 1)}\n`;
}

/** For a comment: what stands there came from elsewhere. @param {string} text */
function plainWords(text) {
  return text.replaceAll(/[^\w:.-]/g, '_');
}

/** A path in which nothing is a parameter. @param {string} path */
function literal(path) {
  return path.replaceAll(/[{}*\s:]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

/** @param {RecordedMessage} request @param {string} search @param {readonly import('./parts.js').Report[]} reports */
function conditions({ headers, body }, search, reports) {
  const type = mediaType(headers);
  const query = valuesOf(search);
  const parts = reports.filter(({ part }) => part !== null);
  return {
    ...(Object.keys(query).length > 0 && { query }),
    ...(type !== '' && { contentType: type }),
    ...(parts.length > 0 ? { multipart: Object.fromEntries(parts.map(({ part, filename, type: sent }) => [part ?? '', { ...(filename !== null && { filename: asText(filename) }), type: asText(sent) }])) } : bodyCondition(type, body)),
  };
}

/** @param {string} type @param {RecordedMessage['body']} body */
function bodyCondition(type, body) {
  if (body.text === null || !isWhole(body)) return {};
  if (isJson(type)) {
    const json = parsed(body.text);
    return json === undefined ? {} : { json: asTest(json) };
  }
  if (type === 'application/x-www-form-urlencoded') return { form: valuesOf(body.text) };
  return type.startsWith('text/') && !body.text.includes('${{') ? { text: { equals: body.text } } : {};
}

/** @param {FullExchange} exchange */
function reply({ status, reply: { headers, body } }) {
  const type = mediaType(headers);
  const location = headers['location'];
  const told = { status: status ?? 200, ...(typeof location === 'string' && { headers: { Location: still(location) } }) };
  if (body.text === null && body.base64 === null) return told;
  if (!isWhole(body)) return { ...told, type: type === '' ? undefined : type, text: 'Only the beginning of the body was kept: give it as a fixture, under file' };
  if (body.base64 !== null) return { ...told, type: type === '' ? undefined : type, base64: body.base64 };
  const json = isJson(type) ? parsed(body.text ?? '') : undefined;
  return json === undefined ? { ...told, type: type === '' ? undefined : type, text: still(body.text ?? '') } : { ...told, ...(type !== 'application/json' && { type }), json: still(json) };
}

/** @param {RecordedMessage['headers']} headers */
function mediaType(headers) {
  const [type = ''] = [headers['content-type'] ?? ''].flat();
  return (type.split(';')[0] ?? '').trim().toLowerCase();
}

/** @param {string} type */
function isJson(type) {
  return /^application\/(?:[\w.+-]+\+)?json$/.test(type);
}

/** @param {string} text */
function parsed(text) {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}

/** The first value of each name; secrets that were not kept are no condition. @param {string} search */
function valuesOf(search) {
  /** @type {Record<string, unknown>} */
  const values = Object.create(null);
  for (const [name, value] of new URLSearchParams(search)) if (value !== redacted && name !== '') values[name] ??= asText(value);
  return values;
}

/** Text that is to come. A matcher cannot say an expression's opening: there, any will do. @param {string} text */
function asText(text) {
  return text.includes('${{') ? { present: true } : text;
}

/** A JSON value as a matcher that it passes: without secrets, and with maps that would read as tests told apart. @param {unknown} value @returns {unknown} */
function asTest(value) {
  if (Array.isArray(value)) return value.map(asTest);
  if (typeof value === 'string') return value === redacted ? { present: true } : asText(value);
  if (!isNested(value)) return value;
  const entries = Object.entries(value);
  if (entries.length > 0 && entries.every(([key]) => operators.includes(key))) return JSON.stringify(value).includes('${{') ? { present: true } : { equals: value };
  return mapOf(entries.map(([key, one]) => [key, asTest(one)]));
}

/** A value of a reply in which nothing is an expression. @param {unknown} value @returns {unknown} */
function still(value) {
  if (typeof value === 'string') return value.replaceAll('${{', '${{ "${{" }}');
  if (Array.isArray(value)) return value.map(still);
  return isNested(value) ? mapOf(Object.entries(value).map(([key, one]) => [String(still(key)), still(one)])) : value;
}

/** A map in which `__proto__` is a key like any other. @param {readonly (readonly [string, unknown])[]} entries */
function mapOf(entries) {
  /** @type {Record<string, unknown>} */
  const map = Object.create(null);
  for (const [key, value] of entries) map[key] = value;
  return map;
}
