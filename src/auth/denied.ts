import type { Answer, Compiler, DeniedReplies, Denial, Reply } from '../model/index.ts';
import { replyShape, type ReplyValue } from '../replies/index.ts';
import { invalid, object, optional, valueKind, type In, type Out, type Shape } from '../shapes/index.ts';

const reasons = ['missing', 'expired', 'forbidden', 'invalid'] as const;

const byReasonShape = object({
  missing: optional(replyShape), expired: optional(replyShape), forbidden: optional(replyShape), invalid: optional(replyShape),
}, { name: '`denied`', expected: 'a map with `missing`, `expired`, `forbidden`, `invalid`' });

type ByReason = Out<typeof byReasonShape>;
export type DeniedValue = { readonly kind: 'all'; readonly reply: ReplyValue } | { readonly kind: 'by reason'; readonly replies: ByReason };

/** One reply for every refusal, or replies by reason: a map with nothing but reasons is the latter. */
export const deniedShape: Shape<DeniedValue, In<typeof replyShape> | In<typeof byReasonShape>> = {
  expected: 'a reply, or a map with `missing`, `expired`, `forbidden`, `invalid`',
  about: 'What a caller is answered that the check turns away: one reply, or one for each of `missing`, `expired`, `forbidden` (403) and `invalid`, which also stands for those that are not there.',
  kinds: ['map'],
  parse(value, path, report) {
    if (isByReason(value)) {
      const replies = byReasonShape.parse(value, path, report);
      return replies === invalid ? invalid : { kind: 'by reason', replies };
    }
    const reply = replyShape.parse(value, path, report);
    return reply === invalid ? invalid : { kind: 'all', reply };
  },
  jsonSchema: (definitions) => ({ anyOf: [replyShape.jsonSchema(definitions), byReasonShape.jsonSchema(definitions)], description: deniedShape.about }),
};

function isByReason(value: unknown): boolean {
  if (valueKind(value) !== 'map') return false;
  // No reason is a key of a reply: one among the keys tells what was meant, whatever else is misspelt.
  return Object.keys(value as object).some((key) => (reasons as readonly string[]).includes(key));
}

const none: DeniedReplies = { missing: null, expired: null, forbidden: null, invalid: null };

/** The replies by reason. One that says no status has that of the refusal: 403 for `forbidden`, else 401. */
export function compileDenied(value: DeniedValue | undefined, compiler: Compiler): DeniedReplies {
  if (value === undefined) return none;
  if (value.kind === 'all') {
    const reply = compiler.reply(value.reply);
    return forEach(() => ({ reply, written: value.reply }));
  }
  const { replies } = value;
  const compiled = new Map(reasons.flatMap((reason) => (replies[reason] === undefined ? [] : [[reason, { reply: compiler.at(reason).reply(replies[reason]), written: replies[reason] }] as const])));
  return forEach((reason) => compiled.get(reason) ?? compiled.get('invalid') ?? null);
}

function forEach(find: (reason: Denial['because']) => { readonly reply: Reply; readonly written: ReplyValue } | null): DeniedReplies {
  const of = (reason: Denial['because']): Reply | null => {
    const found = find(reason);
    if (found === null) return null;
    const { reply, written } = found;
    return written.status === undefined && written.redirect === undefined ? withStatus(reply, reason === 'forbidden' ? 403 : 401) : reply;
  };
  return { missing: of('missing'), expired: of('expired'), forbidden: of('forbidden'), invalid: of('invalid') };
}

function withStatus(reply: Reply, status: number): Reply {
  let made: { readonly of: Answer; readonly answer: Answer } | null = null;
  const lay = (answer: Answer): Answer => ({ ...answer, status });
  return {
    needs: reply.needs,
    // The inner one may be made a little after it is compiled.
    get fixed() {
      const { fixed } = reply;
      if (fixed === null) return null;
      if (made?.of !== fixed) made = { of: fixed, answer: lay(fixed) };
      return made.answer;
    },
    render(facts) {
      const answer = reply.render(facts);
      return answer instanceof Promise ? answer.then(lay) : lay(answer);
    },
  };
}
