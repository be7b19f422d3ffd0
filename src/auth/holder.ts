import { byKind, object, optional, valueKind, type Out } from '../shapes/index.ts';
import { literal } from './literal.ts';
import { scopeShape } from './scopes.ts';

/** Whom a key or token stands for: its subject, or a map with `subject` and `scope`. */
export const holderShape = byKind([
  literal({ expected: 'whom it stands for' }),
  object({
    subject: optional(literal({ about: 'Whom it stands for: `auth.subject`.' })),
    scope: optional(scopeShape),
  }, { name: 'a key or token', expected: 'a map with `subject` and `scope`' }),
], { expected: 'whom it stands for, or `{ subject, scope }`' });

export interface Holder {
  readonly subject: string | null;
  readonly scope: readonly string[];
}

export function holderOf(value: Out<typeof holderShape>): Holder {
  if (valueKind(value) === 'string') return { subject: value as string, scope: [] };
  const { subject = null, scope = [] } = value as Exclude<Out<typeof holderShape>, string>;
  return { subject, scope };
}
