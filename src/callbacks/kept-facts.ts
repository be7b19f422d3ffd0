import { need, type Facts, type Needs, type ReceivedBody, type Request } from '../model/index.ts';

/**
 * The facts of a request for expressions that run after it has been answered: what the session remembers in variables and state
 * stays as it is now, and the body of the request is let go unless they read it.
 */
export function keptFacts(facts: Facts, needs: Needs): Facts {
  const { params, session, now, call, violations, bound, memory, caller, seed } = facts;
  const { plan, state, vars } = memory;
  return {
    request: keptRequest(facts.request, needs),
    params, session, now, call, violations, caller, seed,
    bound: { ...bound },
    memory: { plan, state, vars, table: memory.table.bind(memory), backups: memory.backups.bind(memory), backup: memory.backup.bind(memory) },
    random: needs & need.call ? facts.random.bind(facts) : notAtHand,
    count: notAtHand, bind: notAtHand, prepared: notAtHand,
    certificate: null,
    report: () => null,
  };
}

function keptRequest(request: Request, needs: Needs): Request {
  if (needs & (need.body | need.partText | need.zipEntries)) return request;
  const { id, method, url, prefix, path, segments, query, headers, cookies } = request;
  const { present, mediaType, sizeBytes, sha256 } = request.body;
  const body: ReceivedBody = { present, mediaType, sizeBytes, sha256, bytes: null, text: null, json: undefined, form: null, parts: null, report: null };
  return { id, method, url, prefix, path, segments, query, headers, cookies, body };
}

function notAtHand(): never {
  throw new Error('A signature asked for what only the deciding of a request has');
}
