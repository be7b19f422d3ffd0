import { isNumeric, type Json } from '../base/json.ts';
import { kindOf } from '../base/show.ts';
import { IssueRefused, need, type ChangeKind, type IssueRequest } from '../model/index.ts';
import { replyShape } from '../replies/index.ts';
import { anything, byKind, mapOf, object, optional, text, type Out } from '../shapes/index.ts';
import { asShape } from './fields.ts';
import { bad, done, isRefusal, undone, type Refusal } from './outcome.ts';

const shape = object({
  scheme: text({ expected: 'the name of a scheme under `auth`', about: 'The scheme under `auth` that makes it.' }),
  subject: optional(text({ expected: 'text, such as `${{ body.username }}`', about: 'Whom it is for.' })),
  claims: optional(byKind([mapOf(anything()), text({ pattern: /\$\{\{/, expected: 'an expression that gives a map' })], { expected: 'a map of claims', about: 'What the token says beside that; of a key, further fields of its row.' })),
  as: asShape,
}, { name: '`issue`', expected: 'a map such as `{ scheme: token, subject: alice, as: issued }`', foreign: { in: 'Write `scheme`', to: 'Write `subject`', for: 'Write `subject`', sub: 'Write `subject`', claim: 'Write `claims`' } });

export const issue = {
  key: 'issue',
  about: 'Makes a token or a key of a scheme under `auth`: `as` has it under `.value`. For `apiKey` it adds the row of the key: 422 when that is bad, 409 when a unique value of it is taken.',
  shape,
  options: { orElse: replyShape },
  examples: [
    { yaml: 'issue: { scheme: token, subject: alice, as: issued }' },
    { yaml: "issue: { scheme: token, claims: { uid: '${{ body.id }}', role: admin }, as: issued }" },
    { yaml: "issue: { scheme: partner, subject: '${{ params.username }}', as: key }\norElse: { status: 422, json: { error: '${{ failure.detail }}' } }" },
  ],
  compile(value, compiler) {
    const scheme = compiler.at('scheme').scheme(value.scheme);
    const make = scheme?.issue ?? null;
    if (scheme && !make) compiler.mistake({ code: 'cannot-issue', message: `The scheme \`${value.scheme}\` issues nothing`, expected: 'a scheme that makes tokens or keys', got: `\`${value.scheme}\``, fix: 'Name a scheme of the kind `jwt`, or of the kind `apiKey` with its keys in a collection' }, ['scheme']);
    const subject = value.subject === undefined ? null : compiler.at('subject').template(value.subject);
    const claims = value.claims === undefined ? null : compiler.at('claims').template(value.claims);
    compiler.bind(value.as, ['as']);
    return {
      needs: need.call | (scheme?.needs ?? 0) | (subject?.needs ?? 0) | (claims?.needs ?? 0),
      run(facts, draft) {
        const request = requestOf(subject && { value: subject.render(facts) }, claims && { value: claims.render(facts) });
        if (isRefusal(request)) return undone(request);
        try {
          if (make) facts.bind(value.as, make(request, facts, draft));
          return done;
        } catch (error) {
          if (error instanceof IssueRefused) return { kind: 'undone', reply: null, problem: error.problem };
          throw error;
        }
      },
    };
  },
} satisfies ChangeKind<Out<typeof shape>>;

/** Null: not written. */
type Written = { readonly value: unknown } | null;

function requestOf(subject: Written, claims: Written): IssueRequest | Refusal {
  const name = subject === null ? null : nameOf(subject.value);
  if (subject !== null && (name === null || name === '')) return bad(`The subject is not what it should be: expected text, got ${name === '' ? 'empty text' : kindOf(subject.value)}`);
  if (claims !== null && kindOf(claims.value) !== 'a map') return bad(`The claims are not what they should be: expected a map, got ${kindOf(claims.value)}`);
  return { subject: name, claims: (claims?.value ?? {}) as Readonly<Record<string, Json>> };
}

function nameOf(value: unknown): string | null {
  return typeof value === 'string' ? value : isNumeric(value) ? String(value) : null;
}
