import type { AuthVerdict, Caller, DeniedReplies, Denial } from '../model/index.ts';

export type Because = Denial['because'];

/** Where a scheme turns callers away: its words, its challenge and its own replies in one place. */
export interface Door {
  /** `asked`: the scope that the rule asks for; it is said when the caller lacks some of it. */
  deny(because: Because, detail: string, asked?: readonly string[]): Denial;
  /** A caller that is known: let in when it holds all of the scope that the rule asks for. */
  admit(caller: Caller, asked: readonly string[]): AuthVerdict;
}

/** @param challengeFor the value of `WWW-Authenticate` (RFC 9110 §11.6.1) */
export function makeDoor(denied: DeniedReplies, challengeFor: (because: Because, detail: string, asked: readonly string[]) => string): Door {
  const deny: Door['deny'] = (because, detail, asked = []) => ({
    kind: 'denied', because, detail,
    status: because === 'forbidden' ? 403 : 401,
    challenge: challengeFor(because, detail, asked),
    reply: denied[because],
  });
  return {
    deny,
    admit(caller, asked) {
      const lacking = asked.filter((scope) => !caller.scope.includes(scope));
      if (lacking.length === 0) return { kind: 'allowed', caller };
      return deny('forbidden', `The caller is known, but lacks the scope ${lacking.map((scope) => `\`${scope}\``).join(', ')}`, asked);
    },
  };
}

/** A door whose challenge does not say what was wrong. */
export function plainDoor(denied: DeniedReplies, scheme: string, parameters: Readonly<Record<string, string>>): Door {
  const value = challenge(scheme, parameters);
  return makeDoor(denied, () => value);
}

/** The door of bearer tokens (RFC 6750 §3): without a token the challenge has no error code. */
export function bearerDoor(denied: DeniedReplies, scheme: string, realm: string): Door {
  return makeDoor(denied, (because, detail, asked) => {
    if (because === 'missing') return challenge(scheme, { realm });
    const forbidden = because === 'forbidden';
    return challenge(scheme, { realm, error: forbidden ? 'insufficient_scope' : 'invalid_token', error_description: detail, ...(forbidden && asked.length > 0 && { scope: asked.join(' ') }) });
  });
}

/** A scheme word with its parameters, each as a quoted string of what RFC 6750 §3 lets stand in one. */
export function challenge(scheme: string, parameters: Readonly<Record<string, string>>): string {
  return `${scheme} ${Object.entries(parameters).map(([name, value]) => `${name}="${value.replace(/["\\]/g, "'").replace(/[^\u0020-\u007e]/g, '?')}"`).join(', ')}`;
}
