export { callbackShape, type CallbackValue } from './callback-shape.ts';
export { compileCallbacks } from './compile-callbacks.ts';
