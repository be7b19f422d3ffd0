import type { JsonSchema } from '../shapes/index.ts';
import { sessionSchema } from './query.ts';

const text = { type: 'string' } as const;
const textOrNull = { type: ['string', 'null'] } as const;
const time = { type: 'string', format: 'date-time' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const line = { type: 'integer', minimum: 1 } as const;
const hash = { type: 'string', pattern: '^[0-9a-f]{64}$' } as const;
const status = { type: ['integer', 'null'], minimum: 100, maximum: 999 } as const;

export function ref(name: keyof typeof schemas): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** A page of a list. */
export function listOf(name: keyof typeof schemas): JsonSchema {
  return record({ items: { type: 'array', items: ref(name) }, total: { ...count, description: 'On all pages.' }, next: { ...textOrNull, description: 'For `after`, to get the next page; null at the end.' } });
}

/** A map that has all of these members, and no others, but for those named as optional. */
function record(properties: Record<string, unknown>, optional: readonly string[] = []): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties).filter((name) => !optional.includes(name)), additionalProperties: false };
}

const listed = {
  id: text, at: time, session: sessionSchema, scenario: textOrNull, method: text, url: text, status: { ...status, description: 'Null when the connection ended without one.' },
  durationMs: { type: 'number', minimum: 0 }, rule: { anyOf: [{ $ref: '#/components/schemas/Rule' }, { type: 'null' }] },
  violations: { type: 'array', items: { $ref: '#/components/schemas/Violation' } }, nearest: { type: 'array', items: { $ref: '#/components/schemas/NearMiss' } },
  fault: textOrNull, note: textOrNull,
};

const nearMiss = { route: text, name: textOrNull, file: text, line, because: { type: 'array', items: text } };
const attempt = { at: time, method: text, url: text, attempt: { ...line, description: 'From 1.' }, status, error: { ...textOrNull, description: 'Why it failed, where the status does not say.' }, durationMs: { type: 'number', minimum: 0 } };
const anyMap = { type: 'object', description: 'Name to value, any JSON.' } as const;
const scenarioOfRoot = { ...text, description: 'The root whose scenarios share it.' };
const session = { id: sessionSchema, lastUsedAt: time, selected: { type: 'object', additionalProperties: text, description: 'Root to the scenario selected for this session.' } };

/** What the admin API answers with, as JSON Schema (draft 2020-12). */
export const schemas = {
  Health: record({ status: { const: 'ok' }, version: text, url: text, startedAt: time }),
  Scenario: record({ name: text, extends: textOrNull, summary: textOrNull, file: text, active: { type: 'boolean' }, mistakes: { type: 'array', items: { $ref: '#/components/schemas/Mistake' } } }),
  Mistake: record({ file: text, line, column: line, code: text, message: text, expected: textOrNull, got: textOrNull, fix: textOrNull }, ['expected', 'got', 'fix']),
  Selection: record({ scenario: text, root: text, session: { ...textOrNull, description: 'Null: for everybody.' } }),
  Select: record({ scenario: text, session: { ...sessionSchema, type: ['string', 'null'], description: 'Null, or left out: for everybody.' } }, ['session']),
  Route: record({ route: text, method: text, path: text, scenario: text, active: { type: 'boolean' }, file: text, line, calls: count, rules: { type: 'array', items: record({ name: textOrNull, file: text, line, calls: count }) } }),
  Rule: record({ route: text, name: textOrNull, file: text, line }),
  Violation: record({ at: text, expected: text, got: text, text }),
  NearMiss: record(nearMiss),
  Exchange: record(listed),
  FullExchange: record({ ...listed, request: { $ref: '#/components/schemas/Message' }, reply: { $ref: '#/components/schemas/Message' }, callbacks: { type: 'array', items: record(attempt), description: 'Attempts at callbacks, the oldest first; the last 20.' } }),
  Callback: record({ exchange: text, session: sessionSchema, ...attempt }),
  Message: record({
    headers: { type: 'object', additionalProperties: { anyOf: [text, { type: 'array', items: text }] } },
    body: record({ text: { ...textOrNull, description: 'The first 64 KiB.' }, base64: { ...textOrNull, description: 'Instead of `text`, when the bytes are not text.' }, sizeBytes: count, sha256: hash }),
  }),
  Explain: record({
    method: text, url: { ...text, description: 'Path and query, or a whole URL; may begin with `/@scenario:session`.' },
    headers: { anyOf: [{ type: 'object', additionalProperties: { anyOf: [text, { type: 'array', items: text }] } }, { type: 'array', items: { type: 'array', prefixItems: [text, text], minItems: 2, maxItems: 2 } }] },
    body: { description: 'Text as it is; any other value as JSON.' }, bodyBase64: { ...text, description: 'Instead of `body`: bytes.' },
  }, ['method', 'headers', 'body', 'bodyBase64']),
  Explanation: record({
    session: sessionSchema, scenario: textOrNull, route: textOrNull, params: { type: 'object', additionalProperties: text }, rule: listed.rule, reason: text, violations: listed.violations,
    tried: { type: 'array', items: record({ ...nearMiss, matches: { type: 'boolean' } }) }, nearest: listed.nearest,
  }),
  Report: record({
    id: text, exchange: text, session: sessionSchema, part: textOrNull, filename: { ...textOrNull, description: 'As sent.' }, type: text, sizeBytes: count, sha256: hash, at: time,
    entries: { type: ['array', 'null'], items: record({ name: text, sizeBytes: count }), description: 'Of a zip.' }, problem: { ...textOrNull, description: 'Why a zip cannot be read.' },
  }),
  Session: record(session),
  SessionDetails: record({
    ...session, scenarios: { type: 'array', items: text }, counters: { type: 'array', items: record({ route: text, scenario: text, count }) },
    memory: { type: 'array', items: { $ref: '#/components/schemas/Memory' } }, state: { ...text, description: 'Of the only root that has one.' }, vars: { ...anyMap, description: 'Of the only root that declares any.' },
  }, ['state', 'vars']),
  Memory: record({
    scenario: scenarioOfRoot, state: textOrNull, vars: anyMap, collections: { type: 'array', items: record({ name: text, rows: count }) },
    backups: { type: 'array', items: record({ name: text, collection: text, rows: count }) },
  }),
  SetState: { ...record({ state: text, vars: anyMap, scenario: { ...text, description: 'A scenario of the root that is meant, where several could be.' } }, ['state', 'vars', 'scenario']), anyOf: [{ required: ['state'] }, { required: ['vars'] }] },
  Collection: record({ name: text, scenario: scenarioOfRoot, rows: count, key: { ...text, description: 'The name of the key field.' } }),
  Row: { type: 'object', description: 'Field to value.' },
  Rows: { anyOf: [{ type: 'array', items: { $ref: '#/components/schemas/Row' } }, record({ items: { type: 'array', items: { $ref: '#/components/schemas/Row' } }, total: count, next: { type: 'null' } }, ['total', 'next'])] },
  Clock: record({ now: time, frozen: { type: 'boolean', description: 'Whether it stands still.' }, offsetMs: { type: 'integer', description: "What the server's time is ahead of the machine's." } }),
  SetClock: {
    ...record({
      freeze: { anyOf: [{ type: 'boolean' }, text], description: 'True: stands still. A time (ISO 8601): goes there and stands still. False: runs on from where it stands.' },
      set: { ...text, description: 'Goes to this time (ISO 8601), and runs or stands still as before.' },
      advance: { anyOf: [text, count], description: 'Goes on by a duration such as `5 s`, or by so many milliseconds.' },
      reset: { const: true, description: "The machine's time." },
    }, ['freeze', 'set', 'advance', 'reset']),
    minProperties: 1,
  },
  Verify: record({
    calls: {
      type: 'array', minItems: 1, maxItems: 100,
      items: {
        ...record({
          route: { ...text, description: 'METHOD and path as in the routes, base and all, or with a value in the place of a `{name}`. HEAD counts as GET.' },
          rule: { ...text, description: 'The name of the rule that answered.' },
          match: { type: 'object', description: 'Matchers as under `when`, of the request as the journal keeps it.' },
          status: { anyOf: [status, { type: 'object' }], description: 'The status, or a test of it such as `{ "min": 400 }`.' },
          count: { anyOf: [count, { ...record({ min: count, max: count }, ['min', 'max']), minProperties: 1 }], description: 'How often. Left out: at least once.' },
          session: sessionSchema,
        }, ['route', 'rule', 'match', 'status', 'count', 'session']),
        anyOf: ['route', 'rule', 'match', 'status'].map((name) => ({ required: [name] })),
      },
    },
    order: { type: 'boolean', description: 'True: they came in this order.' },
    session: { ...sessionSchema, description: 'Only calls of this session. Left out: of all.' },
  }, ['order', 'session']),
  Verified: record({
    passed: { type: 'boolean' },
    failures: {
      type: 'array',
      items: record({
        call: { ...count, description: 'Which of the calls, from 0.' }, expected: text, got: text, text: { ...text, description: 'The whole sentence.' },
        instead: { type: 'array', maxItems: 5, description: 'What came instead: the nearest exchanges, with the reasons why each is not that call.', items: record({ id: text, method: text, url: text, status, because: { type: 'array', items: text } }) },
      }),
    },
    order: { type: 'array', items: text, description: 'When an order was asked for: the exchanges in which the calls were found.' },
  }, ['order']),
  Reload: record({ at: time, live: { type: 'boolean' }, scenarios: { type: 'array', items: text }, mistakes: { type: 'array', items: { $ref: '#/components/schemas/Mistake' } } }),
  Problem: { type: 'object', properties: { type: text, title: text, status: { type: 'integer' }, detail: text, exchange: text }, required: ['type', 'title', 'status', 'detail'] },
} as const satisfies Record<string, JsonSchema>;
