import type { RuleReference } from '../model/index.ts';
import type { RunControl, RunTally, UsedRule } from './run-tally.ts';

/** How often a rule was used in a run. */
export interface RuleUse {
  readonly reference: RuleReference;
  readonly scenario: string;
  readonly required: boolean;
  readonly calls: number;
  readonly violations: number;
}

interface Use {
  readonly first: UsedRule;
  calls: number;
  violations: number;
}

/** How often each rule of these scenarios was used. A rule that variations inherit is one rule; `scenarios`: the first that has it names it. */
export function usesOf(control: Pick<RunControl, 'usedRules'>, tally: Pick<RunTally, 'rules'>, scenarios: readonly string[]): readonly RuleUse[] {
  const used = [...control.usedRules()];
  const uses = new Map<string, Use>();
  for (const name of scenarios) for (const one of used) if (one.scenario === name && !uses.has(keyOf(one))) uses.set(keyOf(one), { first: one, calls: 0, violations: 0 });
  const byReference = new Map<RuleReference, Use>();
  for (const one of used) {
    const use = uses.get(keyOf(one));
    if (!use) continue;
    byReference.set(one.reference, use);
    // A rule ahead of the routes that lets requests go on answers none, so no exchange names it.
    if (one.rule.replies.length === 0) use.calls += one.calls;
  }
  for (const [reference, { calls, violations }] of tally.rules) {
    const use = byReference.get(reference) ?? earlier(reference, uses);
    if (!use) continue;
    use.calls += calls;
    use.violations += violations;
  }
  return [...uses.values()].map(({ first: { reference, scenario, rule }, calls, violations }) => ({ reference, scenario, required: rule.required, calls, violations }));
}

/** The rule that has taken the place of one from before an edit. */
function earlier({ route, name, file, line }: RuleReference, uses: ReadonlyMap<string, Use>): Use | undefined {
  return [...uses.values()].find(({ first: { reference } }) => reference.route === route && reference.file === file && (name === null ? reference.line === line : reference.name === name));
}

function keyOf({ rule, reference }: UsedRule): string {
  return `${reference.route}\n${rule.place.file}:${rule.place.line}:${rule.place.column}\n${rule.index}`;
}
