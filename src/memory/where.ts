export { checkTest, checkWhere, compileWhere, fieldTests, unfilledTest, UnfitTest, whereShape, type Where } from '../matchers/where.ts';
export { testTemplate, whereTemplate } from '../matchers/where-template.ts';
export { chooseRow } from '../matchers/choose-row.ts';
