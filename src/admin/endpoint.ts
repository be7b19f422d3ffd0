import type { Request, Response } from 'express';
import type { JsonSchema } from '../shapes/index.ts';
import type { Control } from '../server/control.ts';
import type { Parameters, Query } from './query.ts';

/** One method and path of the admin API: what serves it and what `openapi.json` says of it. */
export interface Endpoint {
  /** Lower case, as in OpenAPI. */
  readonly method: 'get' | 'put' | 'post' | 'delete';
  /** Below `/_rehearsal`, with `{name}` for a segment: `/journal/{id}`. */
  readonly path: string;
  /** Unique: `listExchanges`. */
  readonly operation: string;
  readonly summary: string;
  /** Needs no token. */
  readonly open: boolean;
  readonly parameters: Parameters;
  /** What stands for each `{name}` of the path. */
  readonly pathParameters: Readonly<Record<string, { readonly about: string; readonly schema: JsonSchema }>>;
  readonly body: JsonSchema | null;
  /** Of the body. */
  readonly mostBodyBytes: number;
  /** Whether the body may be `text/csv` instead. */
  readonly csv: boolean;
  readonly answer: AnswerDescription;
  /** Statuses of problems that are this endpoint's own, with when they come. */
  readonly refusals: Readonly<Record<number, string>>;
  handle(call: Call, query: Query<Parameters>): AdminReply | Promise<AdminReply>;
}

export interface AnswerDescription {
  readonly status: 200 | 204;
  readonly about: string;
  /** Null: no body. */
  readonly content: Content | null;
  /** The same in another form, when it is asked for. */
  readonly otherwise?: Content;
}

export interface Content {
  readonly type: string;
  readonly schema: JsonSchema;
}

/** A request to the admin API, checked. */
export interface Call {
  readonly control: Control;
  /** Values of the path's `{name}` segments, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The JSON body, numbers with all their digits; undefined when there was none. */
  readonly body: unknown;
  /** A body that is CSV; null when it is none. */
  readonly csv: string | null;
  /** Whether the call carried the token, or none is needed. */
  readonly trusted: boolean;
  readonly request: Request;
  readonly response: Response;
}

export type AdminReply =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'bytes'; readonly type: string; readonly bytes: Buffer; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'nothing' }
  /** The endpoint writes to the response itself. */
  | { readonly kind: 'own' };

/** An endpoint with its usual parts filled in and its query typed. */
export function endpoint<P extends Parameters>(
  parts: Pick<Endpoint, 'method' | 'path' | 'operation' | 'summary' | 'answer'> & Partial<Pick<Endpoint, 'open' | 'pathParameters' | 'body' | 'mostBodyBytes' | 'csv' | 'refusals'>> & {
    readonly parameters?: P;
    handle(call: Call, query: Query<P>): AdminReply | Promise<AdminReply>;
  },
): Endpoint {
  return { open: false, parameters: {}, pathParameters: {}, body: null, mostBodyBytes: 1_000_000, csv: false, refusals: {}, ...parts } as Endpoint;
}

export function json(value: unknown): AdminReply {
  return { kind: 'json', value };
}

/** The answer of an endpoint in JSON, described by a schema of {@link schemas} or one of its own. */
export function jsonAnswer(about: string, schema: JsonSchema): AnswerDescription {
  return { status: 200, about, content: { type: 'application/json', schema } };
}
