export { keyText, valueText } from '../base/key-text.ts';
