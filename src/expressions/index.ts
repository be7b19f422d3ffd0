export { compileExpression, type CheckedExpression } from './expression.ts';
export { compileTemplate, type TemplateMistake } from './template.ts';
export type { ExpressionMistake, Scope } from './scope.ts';
export { names as languageNames } from './names.ts';
export { celWords } from './syntax.ts';
export { exampleBody, functionReference, nameReference, type FunctionReference, type NameReference } from './reference.ts';
