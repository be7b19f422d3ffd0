import { isWhole } from './kept-body.js';

/** @typedef {import('../../model/exchange.ts').FullExchange} FullExchange */
/** @typedef {import('./parts.js').Report} Report */

/** What curl says by itself, or what belongs to the connection that was. */
const left = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'expect', 'keep-alive', 'te', 'trailer', 'upgrade']);

/** The name under which the page tells people to save the CA. */
export const caFile = 'rehearsal-ca.pem';

/**
 * The request again, as a line for a POSIX shell. All that came from the request stands in single quotes, has no control
 * characters (a terminal would obey them), and never names a file of the visitor's but the uploads by their bare names.
 * @param {FullExchange} exchange
 * @param {readonly Report[]} reports What was uploaded with it.
 * @param {string} origin Such as `https://localhost:5000`.
 */
export function curlLine({ method, url, request }, reports, origin) {
  const target = /^https?:\/\//i.test(url) ? url : `${origin}${url}`;
  const body = bodyArguments(request.body, reports);
  const multipart = body.words.some((word) => word === '-F');
  const headers = Object.entries(request.headers)
    .filter(([name]) => !left.has(name) && !(multipart && name === 'content-type'))
    .flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}`));
  // curl would add these: what was not sent is not sent again.
  for (const name of ['user-agent', 'accept', ...(body.words.length > 0 && !multipart ? ['content-type'] : [])]) if (!Object.hasOwn(request.headers, name)) headers.push(`${name}:`);
  const words = [
    'curl', ...(origin.startsWith('https:') ? ['--cacert', caFile] : []),
    ...methodArguments(method, body.words.length > 0),
    ...(/[[\]{}]/.test(target) ? ['--globoff'] : []), ...(/\/\.{1,2}(?:\/|\?|$)/.test(target) ? ['--path-as-is'] : []),
    ...headers.flatMap((header) => ['-H', quoted(header)]), ...body.words, quoted(target),
  ];
  return `${body.before}${words.join(' ')}`;
}

/** @param {string} method @param {boolean} hasBody */
function methodArguments(method, hasBody) {
  if (method === 'HEAD') return ['--head'];
  return method === (hasBody ? 'POST' : 'GET') ? [] : ['-X', quoted(method)];
}

/**
 * @param {FullExchange['request']['body']} body
 * @param {readonly Report[]} reports
 * @returns {{ before: string, words: readonly string[] }} `before`: what is piped into curl.
 */
function bodyArguments(body, reports) {
  const { text, base64, sizeBytes } = body;
  if (sizeBytes === 0 && text === null && base64 === null) return { before: '', words: [] };
  if (!isWhole(body) && reports.length > 0) {
    const raw = reports.find(({ part }) => part === null);
    if (raw !== undefined) return { before: '', words: ['--data-binary', quoted(`@${bareName(raw)}`)] };
    return { before: '', words: reports.flatMap((report) => ['-F', quoted(`${plain(report.part ?? 'file')}=@${bareName(report)};type=${plain(report.type)}`)]) };
  }
  // eslint-disable-next-line no-control-regex -- control characters are what a terminal must not get
  if (text !== null && !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(text)) return { before: '', words: ['--data-raw', quoted(text)] };
  return { before: `echo ${base64 ?? base64Of(text ?? '')} | base64 -d | `, words: ['--data-binary', '@-'] };
}

/** @param {string} text */
function base64Of(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** A file of this name is to lie in the folder: no path of the request's choosing is read. @param {Report} report */
function bareName({ filename, id }) {
  const bare = plain((filename ?? '').replace(/^.*[/\\]/s, '')).replace(/^[.-]+/, '');
  return bare === '' ? id : bare;
}

/** Without what curl's `-F` or a shell reads as more than a name. @param {string} text */
function plain(text) {
  return text.replaceAll(/[^\w./+ -]/g, '_');
}

/** One word of a POSIX shell. @param {string} text */
export function quoted(text) {
  // eslint-disable-next-line no-control-regex -- control characters are what a terminal must not get
  const clean = text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, ' ');
  return /^[\w@%+=:,./-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", String.raw`'\''`)}'`;
}
