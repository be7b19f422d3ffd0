import type { Mistake } from '../base/diagnostic.ts';
import { didYouMean } from '../base/nearest.ts';
import { show } from '../base/show.ts';
import type { Segment } from '../model/index.ts';

/** A route's key, read: `GET /tasks/{id}`. */
export interface RouteKey {
  /** Upper case, or `ANY`. */
  readonly method: string;
  /** As written, without the base. */
  readonly path: string;
  readonly segments: readonly Segment[];
}

/** The methods that Node's HTTP parser lets through to a server, but for CONNECT, and `ANY`. */
export const methods: readonly string[] = [
  'ANY', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'ACL', 'BIND', 'CHECKOUT', 'COPY', 'LINK', 'LOCK', 'M-SEARCH', 'MERGE',
  'MKACTIVITY', 'MKCALENDAR', 'MKCOL', 'MOVE', 'NOTIFY', 'PROPFIND', 'PROPPATCH', 'PURGE', 'QUERY', 'REBIND', 'REPORT', 'SEARCH', 'SOURCE', 'SUBSCRIBE',
  'UNBIND', 'UNLINK', 'UNLOCK', 'UNSUBSCRIBE',
];
const commonMethods = '`GET`, `POST`, `PUT`, `PATCH`, `DELETE`, `HEAD`, `OPTIONS` or `ANY`';

const mostSegments = 64;

/** Reads `METHOD /path`; tells every mistake in it. Null after a mistake. */
export function parseRouteKey(key: string, report: (mistake: Mistake) => void): RouteKey | null {
  const words = /^(\S+)\s+(\S.*?)\s*$/.exec(key);
  if (!words) {
    report(notTwoWords(key));
    return null;
  }
  const [, method = '', path = ''] = words;
  let well = true;
  const tell = (mistake: Mistake): void => {
    well = false;
    report(mistake);
  };
  checkMethod(method, path, tell);
  const segments = parsePath(path, 'A route\'s path', tell);
  return well && segments ? { method, path, segments } : null;
}

/** Reads `base:`; the segments before every route's. Null after a mistake. */
export function parseBase(base: string, report: (mistake: Mistake) => void): readonly Segment[] | null {
  return parsePrefix(base, '`base`', 'Leave `base` out', report);
}

/** Reads the path of a resource, below which its rows stand. Null after a mistake. */
export function parseResourcePath(path: string, report: (mistake: Mistake) => void): readonly Segment[] | null {
  return parsePrefix(path, 'The path of a resource', 'Write the path of the list, such as `/tasks`', report);
}

/** A path below which others stand: no slash at its end, no `**`. */
function parsePrefix(path: string, thing: string, insteadOfRoot: string, report: (mistake: Mistake) => void): readonly Segment[] | null {
  if (path.endsWith('/')) {
    report({ code: 'bad-base', message: `${thing} must not end with a slash`, expected: 'a path such as `/xyz/api`', got: show(path), fix: path === '/' ? insteadOfRoot : `Write \`/${path.replace(/^\/+|\/+$/g, '')}\`` });
    return null;
  }
  let well = true;
  const segments = parsePath(path, thing, (mistake) => {
    well = false;
    report(mistake);
  });
  if (segments?.some(({ kind }) => kind === 'rest')) {
    report({ code: 'bad-base', message: `${thing} cannot hold \`**\``, got: show(path) });
    return null;
  }
  return well ? segments : null;
}

/** What two routes share when the same requests reach both: the path with its names taken out. */
export function pathShape(segments: readonly Segment[]): string {
  const known = shapes.get(segments);
  if (known !== undefined) return known;
  const shape = segments.map((segment) => (segment.kind === 'literal' ? `/${encodeURIComponent(segment.text).replaceAll('*', '%2A')}` : segment.kind === 'param' ? '/{}' : '/**')).join('');
  shapes.set(segments, shape);
  return shape;
}

/** Variations share their routes: each is asked for many times. */
const shapes = new WeakMap<readonly Segment[], string>();

/** Mistakes of base and path together: reserved places, a name used twice. */
export function checkWholePath(base: readonly Segment[], segments: readonly Segment[], report: (mistake: Mistake) => void): void {
  const first = [...base, ...segments][0];
  if (first?.kind === 'literal' && (first.text.startsWith('@') || first.text === '_rehearsal')) {
    report({ code: 'reserved-path', message: `Paths that begin with \`${first.text === '_rehearsal' ? '/_rehearsal' : '/@'}\` are kept for the server's own use`, expected: 'another path', got: show(`/${first.text}`) });
  }
  const names = new Set<string>(base.flatMap((segment) => (segment.kind === 'param' ? [segment.name] : [])));
  for (const segment of segments) {
    if (segment.kind === 'param' && names.has(segment.name)) report({ code: 'bad-path', message: `\`{${segment.name}}\` stands in \`base\` and in the path`, fix: 'Give one of them another name' });
  }
}

function notTwoWords(key: string): Mistake {
  const code = 'bad-route';
  const expected = 'a method, a space and a path, such as `GET /tasks`';
  const got = show(key);
  const trimmed = key.trim();
  if (trimmed.startsWith('/')) return { code, message: 'A route begins with its method', expected, got, fix: `Write \`GET ${trimmed}\`, or \`ANY ${trimmed}\` for all methods` };
  const glued = /^([A-Za-z]+):?(\/.*)$/.exec(trimmed);
  if (glued && methods.includes(glued[1]!.toUpperCase())) return { code, message: 'A space is missing between method and path', expected, got, fix: `Write \`${glued[1]!.toUpperCase()} ${glued[2]}\`` };
  if (methods.includes(trimmed.toUpperCase())) return { code, message: 'The path is missing', expected, got, fix: `Write \`${trimmed.toUpperCase()} /…\`` };
  return { code, message: `${show(trimmed, 60)} is not a route`, expected, got };
}

function checkMethod(method: string, path: string, report: (mistake: Mistake) => void): void {
  if (methods.includes(method)) return;
  const upper = method.toUpperCase();
  const expected = commonMethods;
  const got = show(method);
  if (method === '*' || upper === 'ALL') report({ code: 'unknown-method', message: `\`${method}\` is not a method`, expected, got, fix: `Write \`ANY ${path}\`` });
  else if (methods.includes(upper)) report({ code: 'unknown-method', message: 'A method is written in capital letters', expected: `\`${upper}\``, got, fix: `Write \`${upper} ${path}\`` });
  else if (upper === 'CONNECT') report({ code: 'unknown-method', message: 'CONNECT asks a proxy for a tunnel and never reaches a route', expected, got });
  else if (/[,|]/.test(method)) report({ code: 'unknown-method', message: 'A route has one method', expected, got, fix: 'Write a route for each, or `ANY`' });
  else report({ code: 'unknown-method', message: `${show(method, 40)} is not an HTTP method`, expected, got, fix: didYouMean(upper, methods) });
}

function parsePath(path: string, thing: string, tell: (mistake: Mistake) => void): readonly Segment[] | null {
  const code = 'bad-path';
  const got = show(path);
  if (!path.startsWith('/')) {
    const url = /^https?:\/\/[^/]+(\/.*)?$/i.exec(path);
    tell({ code, message: `${thing} begins with a slash`, expected: 'a path such as `/tasks`', got, fix: url ? `Leave the host out: \`${url[1] ?? '/'}\`` : `Write \`/${path}\`` });
    return null;
  }
  const query = path.indexOf('?');
  if (query !== -1) {
    tell({ code, message: `${thing} cannot hold a query`, expected: 'a path without `?`', got, fix: `Write \`${path.slice(0, query)}\`, and the query under \`when: { query: … }\`` });
    return null;
  }
  if (path.includes('#')) tell({ code, message: `${thing} cannot hold a \`#\`: clients never send what follows it`, expected: 'a path without `#`', got, fix: 'Write `%23` for the letter itself' });
  if (/\s/.test(path.replace(/\{[^{}]*\}/g, ''))) tell({ code, message: `${thing} cannot hold a space`, expected: 'a path without spaces', got, fix: `Write \`${path.replaceAll(/\s/g, '%20')}\`` });
  const parts = path.slice(1).split('/');
  if (parts.length > mostSegments) {
    tell({ code, message: `${thing} has more than ${mostSegments} segments`, got: String(parts.length) });
    return null;
  }
  const names = new Set<string>();
  return parts.map((part, index) => parseSegment(part, index === parts.length - 1, names, (message, rest) => tell({ code, message, got, ...rest })));
}

type Tell = (message: string, rest?: Partial<Mistake>) => void;

function parseSegment(part: string, isLast: boolean, names: Set<string>, tell: Tell): Segment {
  const literal: Segment = { kind: 'literal', text: part };
  if (part === '' && !isLast) tell('Two slashes stand side by side', { fix: 'Take one out' });
  if (part === '**') {
    if (!isLast) tell('`**` stands for the rest of a path and must come last', { fix: 'Use `{name}` for one segment' });
    return { kind: 'rest' };
  }
  if (part.includes('*')) {
    tell(`\`${part}\` is not a segment`, { fix: 'Use `{name}` for one segment, `**` at the end for the rest, `%2A` for the letter itself' });
    return literal;
  }
  if (/^:[A-Za-z_]\w*$/.test(part)) {
    tell(`\`${part}\` is a plain segment here`, { expected: 'a name in braces', fix: `Write \`{${part.slice(1)}}\`` });
    return literal;
  }
  if (/[{}]/.test(part)) return parseName(part, names, tell) ?? literal;
  return { kind: 'literal', text: decodeSegment(part, tell) };
}

function parseName(part: string, names: Set<string>, tell: Tell): Segment | null {
  const name = /^\{([^{}]*)\}$/.exec(part)?.[1];
  const expected = 'a whole segment such as `{name}`';
  if (name === undefined && /\{[^{}]*\}/.test(part)) tell(`\`${part}\` mixes a name and letters`, { expected, fix: 'Use `{name}` alone, and look at the rest with `when: { params: { name: { endsWith: … } } }`' });
  else if (name === undefined) tell(`\`${part}\` has a brace that is not matched`, { expected, fix: `Write \`{${part.replace(/[{}]/g, '') || 'name'}}\`, or \`%7B\` and \`%7D\` for the letters themselves` });
  else if (name === '') tell('`{}` lacks its name', { fix: 'Write `{id}`' });
  else if (!/^[A-Za-z_][\w-]*$/.test(name)) tell(`\`{${name}}\` is not a name`, { expected: 'letters, digits and `_`, beginning with a letter', fix: name.includes(':') || name.includes('*') ? 'Use `{name}` for one segment, `**` at the end for the rest' : undefined });
  else if (names.has(name)) tell(`\`{${name}}\` is written twice`, { fix: 'Give each segment its own name' });
  else {
    names.add(name);
    return { kind: 'param', name };
  }
  return null;
}

/** Each segment is decoded once, so `%2F` is a slash inside its segment. */
function decodeSegment(part: string, tell: Tell): string {
  let text: string;
  try {
    text = decodeURIComponent(part);
  } catch {
    tell(`\`${part}\` is not percent-encoded UTF-8`, { fix: 'Write `%25` for a percent sign' });
    return part;
  }
  if (text === '.' || text === '..') tell('A path cannot hold dot segments: requests with them are refused');
  else if (/[\\\u0000]/.test(text)) tell('A path cannot hold a backslash or a null: requests with them are refused');
  return text;
}
