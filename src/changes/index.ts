export { compileAct } from './compile-act.ts';
export { doShape, type DoIn, type DoValue } from './do-shape.ts';
export { changeKinds } from './kinds.ts';
