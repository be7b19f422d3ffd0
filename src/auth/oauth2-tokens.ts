import { emptyTable } from '../memory/index.ts';
import type { Json } from '../base/json.ts';
import type { Collection, Draft, Facts, MemoryView, Row } from '../model/index.ts';
import { freshToken } from './fresh-token.ts';
import { scopeOf } from './scopes.ts';
import { digestOf } from './secret-table.ts';

/** What a token was given for. */
export interface Grant {
  readonly client: string;
  readonly scope: readonly string[];
}

export type TokenFound =
  | { readonly kind: 'good'; readonly grant: Grant }
  | { readonly kind: 'expired' }
  | { readonly kind: 'unknown' };

/** The opaque tokens of one scheme, kept in the session by their digests: who reads the rows has no token. */
export class OpaqueTokens {
  readonly collection: Collection;
  readonly #label: string;

  constructor(scheme: string, label: string) {
    this.collection = { name: `:oauth2:${scheme}`, key: { field: 'digest', type: 'given' }, unique: [], seed: emptyTable, columns: new Map(), check: () => [], stamps: { insert: null, write: null } };
    this.#label = label;
  }

  find(token: string, use: 'access' | 'refresh', memory: MemoryView, nowMs: number): TokenFound {
    const row = memory.table(this.collection.name).get(keyOf(token));
    if (row === null || row['use'] !== use) return { kind: 'unknown' };
    return isOver(row, nowMs) ? { kind: 'expired' } : { kind: 'good', grant: { client: String(row['client']), scope: scopeOf(row['scope']) } };
  }

  /** A new token. Those that are over go, and the oldest while there are too many. */
  issue(use: 'access' | 'refresh', { client, scope }: Grant, lifetimeMs: number, facts: Facts, draft: Draft): string {
    const { name } = this.collection;
    const table = draft.table(name);
    const token = freshToken(facts.random(`${this.#label}|${use}`), tokenLength, (drawn) => table.get(keyOf(drawn)) !== null);
    this.#sweep(facts.now, draft);
    const digest = keyOf(token);
    const row: Record<string, Json> = Object.assign(Object.create(null), { digest, use, client, scope, expires: facts.now + lifetimeMs });
    draft.put(name, digest, row);
    return token;
  }

  revoke(token: string, draft: Draft): void {
    draft.remove(this.collection.name, keyOf(token));
  }

  #sweep(nowMs: number, draft: Draft): void {
    const { name } = this.collection;
    const kept: string[] = [];
    const over: string[] = [];
    for (const [digest, row] of draft.table(name).entries()) (isOver(row, nowMs) ? over : kept).push(digest);
    for (const digest of [...over, ...kept.slice(0, Math.max(0, kept.length - mostTokens + 1))]) draft.remove(name, digest);
  }
}

/** Letters of a token: 258 bits. */
const tokenLength = 43;
export const mostTokens = 10_000;

function keyOf(token: string): string {
  return digestOf(token).toString('base64url');
}

function isOver(row: Row, nowMs: number): boolean {
  return nowMs >= Number(row['expires']);
}
