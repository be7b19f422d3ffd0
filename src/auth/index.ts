export { schemeKinds } from './kinds.ts';
export { compileRuleAuth, ruleAuthShape, type RuleAuth } from './rule-auth.ts';
export { authShape, compileScheme, type SchemeValue } from './scheme-shape.ts';
