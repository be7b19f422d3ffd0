import type { Exchange, NearMiss, RuleReference } from '../../model/index.ts';
import type { VerifyFailure } from '../failure.ts';

/** Where a rule is written: `scenarios/a.yaml:12`. */
export function placeOf({ file, line }: Pick<RuleReference, 'file' | 'line'>): string {
  return `${file}:${line}`;
}

/** `POST /x/report · too large`: a rule as a person calls it. */
export function ruleWords({ route, name }: Pick<RuleReference, 'route' | 'name'>): string {
  return name === null ? route : `${route} · ${name}`;
}

/** `POST /x/report`; of a handshake that failed, which has no path, `TLS`. */
export function requestLine({ method, url }: Pick<Exchange, 'method' | 'url'>): string {
  return `${method} ${url}`.trimEnd();
}

/** `POST /x/report, answered 404, session checkout`. */
export function requestWords({ status, session, ...request }: Pick<Exchange, 'method' | 'url' | 'status' | 'session'>): string {
  return `${requestLine(request)}, ${status === null ? 'not answered' : `answered ${status}`}${session === 'default' ? '' : `, session ${session}`}`;
}

/** `GET /x/tasks (scenarios/a.yaml:5): method: expected GET, got POST`. */
export function nearestWords(miss: NearMiss): string {
  return `${ruleWords(miss)} (${placeOf(miss)}): ${miss.because.join('; ')}`;
}

/** `POST /x/reports, answered 404: path: …`: each request that came instead of what a verification expects. */
export function insteadWords({ instead }: VerifyFailure): readonly string[] {
  return instead.map(({ because, ...request }) => `${requestWords({ ...request, session: 'default' })}${because.length > 0 ? `: ${because.join('; ')}` : ''}`);
}

/** `2 requests`. */
export function counted(count: number, thing: string, things = `${thing}s`): string {
  return `${count} ${count === 1 ? thing : things}`;
}

/** At most `limit` letters. */
export function shortened(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
