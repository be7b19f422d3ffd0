import { create as contentDisposition } from 'content-disposition';
import { errorCode } from '../base/problems.ts';
import { show } from '../base/show.ts';
import { ExpressionFailure, need, type Answer, type Body, type Compiler, type Content, type ContentMade, type Facts, type Needs, type Reply, type Wire } from '../model/index.ts';
import { DynamicText } from '../shapes/index.ts';
import { checkReply, hasNoBody } from './check-reply.ts';
import { compileCookies } from './cookies.ts';
import { compileDelay } from './delay.ts';
import { headerText, locationText } from './header-text.ts';
import { compileHeaders } from './headers.ts';
import { noFacts } from './no-facts.ts';
import { kindOfReply, type ReplyValue } from './reply-shape.ts';
import { withDigest } from './representation.ts';
import { compileThrottle } from './throttle.ts';
import { asText, constant, filled, Unfit, type Value } from './value.ts';

/**
 * A reply that runs. What no request can change is made at load; what has to be waited for then (an archive, a generator) is
 * handed to `compiler.before`, so `fixed` may be filled a little later than this returns, but before the plan serves.
 */
export function compileReply(value: ReplyValue, compiler: Compiler): Reply {
  checkReply(value, compiler);
  const kind = kindOfReply(value);
  const content: Content | null = kind ? kind.compile((value as Readonly<Record<string, unknown>>)[kind.key], compiler.at(kind.key), value as Readonly<Record<string, unknown>>) : null;
  const parts = compileParts(value, compiler);
  const steps: Value<unknown>[] = [...(content ? [contentValue(content)] : []), ...parts.values];
  const needs = steps.reduce<Needs>((sum, step) => sum | step.needs, need.nothing);
  const render = (facts: Facts): Answer | Promise<Answer> => {
    // All that is read of the request and the session is read now: what the body waits for may take until others have changed it.
    const around = fillParts(parts, facts);
    const made = content ? content.render(facts) : nothingMade;
    return made instanceof Promise ? made.then((one) => assemble(parts, around, one, facts)) : assemble(parts, around, made, facts);
  };
  const reply = new CompiledReply(needs, render);
  if (content?.fixed ?? true) prepare(reply, content, parts, steps.every((step) => step.fixed), compiler);
  return reply;
}

const nothingMade: ContentMade = { body: { kind: 'none' }, type: null };

class CompiledReply implements Reply {
  readonly needs: Needs;
  fixed: Answer | null = null;
  render: (facts: Facts) => Answer | Promise<Answer>;
  constructor(needs: Needs, render: (facts: Facts) => Answer | Promise<Answer>) {
    this.needs = needs;
    this.render = render;
  }
}

/** Makes the content once, and the whole answer where nothing else varies either. */
function prepare(reply: CompiledReply, content: Content | null, parts: Parts, fixed: boolean, compiler: Compiler): void {
  const keep = (made: ContentMade): void => {
    reply.render = (facts) => assemble(parts, fillParts(parts, facts), made, facts);
    if (fixed) reply.fixed = reply.render(noFacts) as Answer;
  };
  try {
    const made = content ? content.render(noFacts) : nothingMade;
    if (made instanceof Promise) compiler.before(made.then(keep));
    else keep(made);
  } catch (error) {
    if (error instanceof ExpressionFailure) compiler.mistake({ code: 'failing-expression', message: error.message });
    else if (errorCode(error) !== '') compiler.mistake({ code: 'unreadable-fixture', message: 'A file of this reply cannot be read any more', got: errorCode(error) });
    else throw error;
  }
}

/** Everything around the content, each part known at load or worked out per request. */
interface Parts {
  readonly values: readonly Value<unknown>[];
  /** Null: by the body. */
  readonly status: Value<number> | null;
  readonly type: Value<string> | null;
  /** Name, value, name, value. */
  readonly headers: readonly Value<readonly string[]>[];
  readonly leaveOut: readonly string[];
  readonly digest: boolean;
  readonly encodings: Answer['encodings'];
  readonly wire: Value<readonly Wire[]>;
  readonly redirects: boolean;
  lay(answer: Answer, facts: Facts): Answer;
}

const noHeaders: ReturnType<typeof compileHeaders> = { headers: [], leaveOut: [] };

function compileParts(value: ReplyValue, compiler: Compiler): Parts {
  const { headers, leaveOut } = value.headers === undefined ? noHeaders : compileHeaders(value.headers, compiler.at('headers'));
  const status = value.status === undefined ? null : value.status instanceof DynamicText ? filled(value.status.source, compiler.at('status'), statusOf) : constant(value.status);
  const type = value.type === undefined ? null : filled(value.type, compiler.at('type'), headerText);
  const lines: Value<readonly string[]>[] = headers.map((header) => header.lines);
  const one = (name: string, made: Value<string> | null): void => {
    if (made) lines.push({ ...made, get: (facts) => [name, made.get(facts)] });
  };
  if (value.redirect !== undefined) one('Location', filled(value.redirect, compiler.at('redirect'), locationText));
  if (value.download !== undefined) one('Content-Disposition', filled(value.download, compiler.at('download'), attachment));
  if (value.cookies !== undefined) for (const cookie of compileCookies(value.cookies, compiler.at('cookies'))) one('Set-Cookie', cookie);
  const wire = compileWire(value, compiler);
  const { fault } = value;
  const seed = fault?.seeded ? `${compiler.label}:fault` : null;
  const faultStep: Value<null> = { needs: seed === null ? need.nothing : need.call, fixed: seed === null, get: () => null };
  return {
    values: [...(status ? [status] : []), ...(type ? [type] : []), ...lines, wire, faultStep],
    status, type, headers: lines, leaveOut, wire,
    digest: value.digest === true,
    encodings: value.encoding === undefined ? [] : typeof value.encoding === 'string' ? [value.encoding] : [...new Set(value.encoding)],
    redirects: value.redirect !== undefined,
    lay: (answer, facts) => (fault ? fault.apply(answer, seed === null ? 0 : facts.random(seed).integer(0, 2_147_483_647)) : answer),
  };
}

function compileWire(value: ReplyValue, compiler: Compiler): Value<readonly Wire[]> {
  const delay = value.delay === undefined ? null : compileDelay(value.delay, compiler.at('delay'));
  const throttle = value.throttle === undefined ? null : compileThrottle(value.throttle, compiler.at('throttle'));
  return {
    needs: (delay?.needs ?? 0) | (throttle?.needs ?? 0),
    fixed: (delay?.fixed ?? true) && (throttle?.fixed ?? true),
    get: (facts) => [
      ...(delay ? [{ kind: 'delay' as const, ms: delay.get(facts) }] : []),
      ...(throttle ? [{ kind: 'throttle' as const, bytesPerSecond: throttle.get(facts) }] : []),
    ],
  };
}

/** The parts of one answer. */
interface FilledParts {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly headers: readonly string[];
  readonly wire: readonly Wire[];
}

function fillParts({ status, type, headers, wire }: Parts, facts: Facts): FilledParts {
  return { status: status?.get(facts), type: type?.get(facts), headers: headers.flatMap((lines) => lines.get(facts)), wire: wire.get(facts) };
}

function assemble(parts: Parts, { headers, wire, ...around }: FilledParts, made: ContentMade, facts: Facts): Answer {
  const status = around.status ?? (parts.redirects ? 302 : made.body.kind === 'none' ? 204 : 200);
  const body: Body = hasNoBody(status) ? { kind: 'none' } : withDigest(made.body, parts.digest);
  const typeGiven = parts.leaveOut.includes('content-type') || headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type');
  const type = body.kind === 'none' ? null : (around.type ?? (typeGiven ? null : made.type));
  const answer: Answer = {
    status,
    headers: type === null || type === '' ? headers : ['Content-Type', type, ...headers],
    ...(parts.leaveOut.length > 0 && { leaveOut: parts.leaveOut }),
    body,
    wire,
    encodings: parts.encodings,
    fault: null,
  };
  return parts.lay(answer, facts);
}

function contentValue(content: Content): Value<unknown> {
  return { needs: content.needs, fixed: content.fixed, get: (facts) => content.render(facts) };
}

function statusOf(value: unknown): number {
  const status = typeof value === 'string' && /^\d{3}$/.test(value.trim()) ? Number(value) : typeof value === 'bigint' ? Number(value) : value;
  if (typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 999) return status;
  throw new Unfit('This is no status', 'a status from 100 to 999', show(value));
}

/** `Content-Disposition` (RFC 6266). The name is quoted even where it need not be: many clients look for the quotes. */
function attachment(name: unknown): string {
  return contentDisposition(asText(name).replace(/\p{Cc}/gu, ' ').trim()).replace(/; filename=([^";]+)/, '; filename="$1"');
}
