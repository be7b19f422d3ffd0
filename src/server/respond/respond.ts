import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Answer } from '../../model/index.ts';
import { Account, oneWriteBytes } from './account.ts';
import { atOnceBytes, Line } from './line.ts';
import type { Payload } from './payload.ts';
import { prepare, type Outgoing } from './prepare.ts';
import type { AnsweredRequest, RespondTools, Sent } from './sent.ts';
import { openSource, SourceBroken, type Source } from './source.ts';
import { transfer } from './transfer.ts';
import { gatherWires, type Wires } from './wires.ts';

export type { AnsweredRequest, RespondTools, Sent } from './sent.ts';

/**
 * Sends an answer: HEAD, conditions, ranges and content codings by RFC 9110, faults as the answer's wire says. It alone writes
 * to the socket; it settles when the last byte has been handed to the system or the client has gone, and frees everything then.
 */
export async function respond(response: ServerResponse, request: AnsweredRequest, answer: Answer, tools: RespondTools): Promise<Sent> {
  const line = new Line(response, tools);
  const wires = gatherWires(answer.wire);
  if (wires.delayMs > 0 && !(await line.wait(wires.delayMs))) return unsent(leftEarly);
  if (line.gone) return unsent(leftEarly);
  const early = await endBeforeHead(line, wires);
  if (early) return early;
  let source: Source;
  try {
    source = await openSource(answer.body);
  } catch {
    const failed = fileMissing(answer);
    return send(line, failed, await prepare(failed, request, await openSource(failed.body), noWires), noWires, 'the file could not be read');
  }
  try {
    return await send(line, answer, await prepare(answer, request, source, wires), wires, null);
  } finally {
    await source.close();
  }
}

const leftEarly = 'the client went away before the whole answer was sent';
const noWires = gatherWires([]);

/** Faults that end the connection without a status; null when there is none. */
async function endBeforeHead(line: Line, wires: Wires): Promise<Sent | null> {
  const { ending } = wires;
  if (ending === null) return null;
  switch (ending.kind) {
    case 'close':
      await line.close();
      return unsent(null);
    case 'raw':
      await line.raw(ending.bytes);
      return { ...unsent(null), preview: ending.bytes, sizeBytes: ending.bytes.length };
    case 'reset':
      if (ending.afterBytes > 0) return null;
      await line.reset();
      return unsent(null);
    case 'hang':
      if (ending.afterBytes !== null) return null;
      await line.hang();
      return unsent(null);
    case 'truncate':
      return null;
  }
}

async function send(line: Line, answer: Answer, outgoing: Outgoing, replyWires: Wires, problem: string | null): Promise<Sent> {
  const wires = outgoing.refused ? noWires : replyWires;
  if (line.gone) return unsent(leftEarly);
  const { status, payload } = outgoing;
  const headers = line.head(status, outgoing.headers, answer.leaveOut ?? []);
  const account = new Account(payload);
  const done = (complete: boolean, note: string | null): Sent => ({
    status, headers, preview: account.preview(), sizeBytes: account.sizeBytes, sha256: account.sha256(answer.body, payload, wires), complete, note: problem ?? note,
  });
  if (payload.kind === 'none') {
    const finished = line.endAtOnce(null);
    return done(finished, finished ? null : leftEarly);
  }
  if (payload.kind === 'bytes' && payload.bytes.length <= oneWriteBytes && wires.untouched) {
    account.noteWhole(payload.bytes);
    const finished = payload.bytes.length <= atOnceBytes ? line.endAtOnce(payload.bytes) : await line.end(payload.bytes);
    return done(finished, finished ? null : leftEarly);
  }
  return finishTransfer(line, payload, wires, account, done);
}

async function finishTransfer(line: Line, payload: Exclude<Payload, { kind: 'none' }>, wires: Wires, account: Account, done: (complete: boolean, note: string | null) => Sent): Promise<Sent> {
  try {
    const outcome = await transfer(line, payload, wires, account);
    if (outcome === 'gone') return done(false, leftEarly);
    if (outcome === 'cut') {
      await cutOff(line, wires);
      return done(false, null);
    }
    if (wires.offByBytes !== 0) {
      await line.close();
      return done(true, null);
    }
    const finished = outcome === 'ended' || line.endAtOnce(null);
    return done(finished, finished ? null : leftEarly);
  } catch (error) {
    // What was announced can no longer be sent: only a broken connection tells the client so.
    line.destroy();
    if (error instanceof SourceBroken) return done(false, error.message);
    throw error;
  }
}

async function cutOff(line: Line, { ending }: Wires): Promise<void> {
  if (ending?.kind === 'reset') return line.resetAfterDelivery();
  if (ending?.kind === 'hang') return line.hang();
  return line.close();
}

function unsent(note: string | null): Sent {
  return { status: null, headers: [], preview: Buffer.alloc(0), sizeBytes: 0, sha256: null, complete: false, note };
}

function fileMissing(answer: Answer): Answer {
  const status = 500;
  const document = { type: 'about:blank', title: STATUS_CODES[status], status, detail: 'The file that this answer sends cannot be read any more' };
  return { ...answer, status, headers: ['Content-Type', 'application/problem+json'], leaveOut: [], body: { kind: 'bytes', bytes: Buffer.from(JSON.stringify(document)), representation: null }, wire: [], encodings: [] };
}
