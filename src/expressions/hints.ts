import { didYouMean } from '../base/nearest.ts';
import { functions } from './functions/index.ts';
import { names } from './names.ts';
import { specialForms } from './special-forms.ts';

/** What people write out of habit from other languages, and what it is called here. */
const otherLanguages: Readonly<Record<string, string>> = {
  length: '`size(x)`', len: '`size(x)`', count: '`size(x)`', toUpperCase: '`upper(x)`', toUpper: '`upper(x)`', uppercase: '`upper(x)`', upcase: '`upper(x)`',
  toLowerCase: '`lower(x)`', toLower: '`lower(x)`', lowercase: '`lower(x)`', downcase: '`lower(x)`', includes: '`x.contains(y)`', include: '`x.contains(y)`',
  parseInt: '`int(x)`', parseFloat: '`number(x)`', toNumber: '`number(x)`', Number: '`number(x)`', float: '`number(x)`', integer: '`int(x)`', str: '`string(x)`',
  toString: '`string(x)`', String: '`string(x)`', JSON: '`json(x)` or `toJson(x)`', stringify: '`toJson(x)`', parseJson: '`json(x)`', fromJson: '`json(x)`', Date: '`now` or `date("YYYY-MM-DD")`',
  Math: '`round(x)`, `floor(x)`, `min(x, y)` and the like on their own', randomInt: '`random(min, max)`', randomUUID: '`uuid()`', guid: '`uuid()`', faker: '`fake("person.fullName")`',
  substr: '`substring(x, start, end)`', slugify: '`replace(lower(x), " ", "-")`', concat: '`a + b`', push: '`list + [item]`', append: '`list + [item]`', some: '`list.exists(i, …)`', any: '`list.exists(i, …)`',
  every: '`list.all(i, …)`', forEach: '`list.map(i, …)`', select: '`list.map(i, …)`', find: '`first(list.filter(i, …))`', where: '`list.filter(i, …)`', distinct: '`unique(x)`', uniq: '`unique(x)`',
  orderBy: '`list.sortBy(i, i.name)`', avg: '`average(x)`', mean: '`average(x)`', get: '`x["name"]`', coalesce: '`default(x, y)`', orElse: '`default(x, y)`', ifnull: '`default(x, y)`', iif: '`choose(condition, a, b)`',
  format: '`date(pattern, time)` for times', formatDate: '`date(pattern, time)`', strftime: '`date(pattern, time)`', encodeURIComponent: '`urlEncode(x)`', decodeURIComponent: '`urlDecode(x)`', btoa: '`base64(x)`', atob: '`base64decode(x)`',
  b64encode: '`base64(x)`', b64decode: '`base64decode(x)`', base64Encode: '`base64(x)`', base64Decode: '`base64decode(x)`', undefined: '`null`', None: '`null`', nil: '`null`', True: '`true`', False: '`false`',
  req: '`request`', header: '`headers`', param: '`params`', args: '`query`', cookie: '`cookies`', session_id: '`session`', file: '`fixture("name").text` or `parts.NAME`', timestampNow: '`now`', currentTime: '`now`', today: '`date("YYYY-MM-DD")`',
  user: '`auth.subject`', username: '`auth.subject`', currentUser: '`auth.subject`', caller: '`auth.subject`', principal: '`auth.subject`', claims: '`auth.claims`', jwt: '`auth.claims`', scope: '`auth.scope`', scopes: '`auth.scope`',
  variables: '`vars`', var: '`vars`', variable: '`vars`', db: 'the name of the collection on its own', database: 'the name of the collection on its own', collections: 'the name of the collection on its own',
  not: '`!x`', math: '`round(x)`, `min(x, y)` and the like on their own', strings: 'the function on its own',
};

/** How to mend an unknown name. */
export function hintForName(name: string, atHand: Iterable<string>): string | undefined {
  if (functions.has(name) || specialForms.has(name)) return `\`${name}\` is a function: write \`${name}(…)\`.`;
  if (name === 'status' || name === 'reason') return `\`${name}\` is at hand under \`errors\` only.`;
  return habit(name) ?? didYouMean(name, atHand);
}

/** How to mend an unknown function. */
export function hintForFunction(name: string): string | undefined {
  if (names.has(name)) return `\`${name}\` is no function: write it without \`( )\`.`;
  return habit(name) ?? didYouMean(name, [...functions.keys(), ...specialForms.keys()]);
}

function habit(name: string): string | undefined {
  const meant = Object.hasOwn(otherLanguages, name) ? otherLanguages[name] : undefined;
  return meant === undefined ? undefined : `Write ${meant}.`;
}

const hyphenated = /\b(?:headers|headersAll|query|queryAll|cookies|params|form|body|parts|vars|auth)(?:\.\w+)*?\.\w+(?:-\w+)+/g;

/** `headers["content-type"]` for a `headers.content-type` that touches these letters of the source. */
export function bracketForm(source: string, start: number, end: number): string | null {
  const from = Math.max(0, start - 200);
  for (const found of source.slice(from, end + 200).matchAll(hyphenated)) {
    if (from + found.index > end || from + found.index + found[0].length < start) continue;
    const point = found[0].lastIndexOf('.', found[0].indexOf('-'));
    return `${found[0].slice(0, point)}["${found[0].slice(point + 1)}"]`;
  }
  return null;
}
