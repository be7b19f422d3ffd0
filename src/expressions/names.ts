import { need, type Held } from '../model/index.ts';
import { body, parts, partsAll } from './body-names.ts';
import type { Code } from './code.ts';
import { auth, state, vars } from './memory-names.ts';
import { closed, multi, multiAll, single, value } from './name-code.ts';
import { fromData } from './values.ts';

/** A name of the language, for the compiler and for the reference page. */
export interface NameEntry {
  readonly name: string;
  readonly about: string;
  /** An expression that uses it. */
  readonly example: string;
  readonly code: Code;
}

/** Every name that is always at hand. */
export const names: ReadonlyMap<string, NameEntry> = new Map(
  [
    entry('request', 'The request: `method`, `path` (as sent), `url` (path and query) and `id` (of its exchange).', 'request.method', closed({
      method: value('text', ({ request }) => request.method),
      path: value('text', ({ request }) => request.path),
      url: value('text', ({ request }) => request.url),
      id: value('text', ({ request }) => request.id),
    })),
    entry('params', 'The values of `{name}` segments of the route, and of `**` under that name. A name that is missing is null.', 'params.id', single((facts) => facts.params)),
    entry('query', 'The query parameters: the first value of each name. A name that is missing is null.', 'query.id', multi(({ request }) => request.query)),
    entry('queryAll', 'The query parameters: a list of all values of each name, empty when it is missing.', 'queryAll.tag', multiAll(({ request }) => request.query)),
    entry('headers', 'The headers: the first value of each name, in small letters. A name that is missing is null.', 'headers["content-type"]', multi(({ request }) => request.headers, need.nothing, (name) => name.toLowerCase())),
    entry('headersAll', 'The headers: a list of all values of each name.', 'headersAll.accept', multiAll(({ request }) => request.headers, need.nothing, (name) => name.toLowerCase())),
    entry('cookies', 'The cookies. A name that is missing is null.', 'cookies.sid', multi(({ request }) => request.cookies)),
    entry('form', 'The fields of a form, sent as URL-encoded or multipart: the first value of each name. A name that is missing is null.', 'form.name', multi(({ request }) => request.body.form, need.body)),
    entry('formAll', 'The fields of a form: a list of all values of each name.', 'formAll.name', multiAll(({ request }) => request.body.form, need.body)),
    entry('body', 'The body: a JSON value, the fields of a form, text for other types, null when there is none. A name that is missing at its top is null.', 'body.name', body()),
    entry('raw', 'The body as it came over the wire: `size` in bytes and `sha256` in hex.', 'raw.size', closed({
      size: value('number', ({ request }) => BigInt(request.body.sizeBytes)),
      sha256: value('text', ({ request }) => request.body.sha256),
    })),
    entry('parts', 'The parts of a multipart body by name: `filename`, `size`, `sha256`, `type`, `text` and `id` (of the report). A name that is missing is null.', 'parts.file.filename', parts()),
    entry('partsAll', 'The parts of a multipart body: a list of all parts of each name.', 'partsAll.file', partsAll()),
    entry('call', 'This is the n-th request to the route in the session, from 1.', 'call', value('number', (facts) => BigInt(facts.call), need.call)),
    entry('state', 'The state that the scenario is in; null when it has none.', 'state', state),
    entry('vars', 'The variables of the scenario. A name that is missing is null.', 'vars.uploads', vars()),
    entry('auth', 'Who calls: `subject`, `claims` (of a token), `scope` (a list) and `scheme`. Where none is asked for, `subject` is null and the others are empty.', 'auth.subject', auth),
    entry('session', 'The session that the request belongs to.', 'session', value('text', (facts) => facts.session)),
    entry('now', 'The time on the server\'s clock, ISO 8601 in text.', 'now.getFullYear()', value('time', (facts) => new Date(facts.now))),
    entry('violations', 'What fell short of `expect`: a list of `{at, expected, got, text}`.', 'violations.map(v, v.text)', value('list', (facts) => facts.violations)),
  ].map((made) => [made.name, made]),
);

/** A name that the place of the expression binds. */
export function boundName(name: string, held: Held | null = null): Code {
  const code = value(held === null ? 'any' : held.kind, ({ bound }) => (Object.hasOwn(bound, name) ? fromData(bound[name]) : null));
  return held?.kind === 'map' ? { ...code, known: held.fields } : code;
}

function entry(name: string, about: string, example: string, code: Code): NameEntry {
  return { name, about, example, code };
}
