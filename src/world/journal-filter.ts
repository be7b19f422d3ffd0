import type { ExchangeDraft } from './exchange-draft.ts';

/** Which exchanges to list. What is left out does not narrow. */
export interface JournalFilter {
  readonly session?: string | undefined;
  /** `404`, a class such as `4xx`, or `none` for exchanges that ended without a status. */
  readonly status?: string | number | undefined;
  /** The path without query, with or without the `/@` prefix; `*` stands for anything. */
  readonly path?: string | undefined;
  /** A rule's name, its route (`GET /tasks`), or its `file:line`. */
  readonly rule?: string | undefined;
  /** True: only requests that no rule answered. False: only others. */
  readonly unmatched?: boolean | undefined;
  /** True: only exchanges with violations. False: only others. */
  readonly violations?: boolean | undefined;
  /** Older than this: the `next` of an earlier page, or the id of an exchange. */
  readonly after?: string | undefined;
  /** Default 100, at most 1000. */
  readonly limit?: number | undefined;
}

/** Whether no rule was found for the request. What the server answers by itself (OPTIONS, a malformed request) is not unmatched. */
export function isUnmatched(draft: Pick<ExchangeDraft, 'rule' | 'nearest' | 'status'>): boolean {
  return draft.rule === null && draft.status !== null && (draft.nearest.length > 0 || draft.status === 404 || draft.status === 405);
}

export function matchesFilter(draft: ExchangeDraft, filter: JournalFilter): boolean {
  if (filter.session !== undefined && draft.session !== filter.session) return false;
  if (filter.status !== undefined && !matchesStatus(draft.status, String(filter.status))) return false;
  if (filter.path !== undefined && !matchesPath(draft, filter.path)) return false;
  if (filter.rule !== undefined && !matchesRule(draft, filter.rule)) return false;
  if (filter.unmatched !== undefined && isUnmatched(draft) !== filter.unmatched) return false;
  return filter.violations === undefined || draft.violations.length > 0 === filter.violations;
}

function matchesStatus(status: number | null, wanted: string): boolean {
  if (status === null) return wanted === 'none';
  const text = String(status);
  return text === wanted || (/^[1-5]xx$/i.test(wanted) && text.length === 3 && text[0] === wanted[0]);
}

function matchesPath(draft: ExchangeDraft, wanted: string): boolean {
  return matchesGlob(draft.path, wanted) || matchesGlob(decoded(draft.path), wanted) || matchesGlob(/^[^?]*/.exec(draft.url)![0], wanted);
}

/** Whether the text is the pattern, where `*` stands for any run of letters. Linear in the text for each `*`. */
export function matchesGlob(text: string, pattern: string): boolean {
  const pieces = pattern.split('*');
  if (pieces.length === 1) return text === pattern;
  const first = pieces[0]!;
  const last = pieces.at(-1)!;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, from);
    if (found < 0) return false;
    from = found + piece.length;
  }
  return from <= text.length - last.length;
}

function matchesRule(draft: ExchangeDraft, wanted: string): boolean {
  const { rule } = draft;
  if (rule === null) return false;
  const place = `${rule.file}:${rule.line}`;
  return rule.name === wanted || rule.route === wanted || place === wanted || place.endsWith(`/${wanted}`);
}

function decoded(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
