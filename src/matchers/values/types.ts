import { isNumeric, isWhole } from '../../base/json.ts';
import { numberIn } from './decimal.ts';

/** The words for the types of values: those of JSON and those that people use. */
export const typeWords = ['text', 'string', 'number', 'integer', 'boolean', 'null', 'list', 'array', 'map', 'object'] as const;
export type TypeWord = (typeof typeWords)[number];

/** "a number", for sentences. */
export function typeInWords(word: TypeWord): string {
  switch (word) {
    case 'text': case 'string': return 'text';
    case 'number': return 'a number';
    case 'integer': return 'a whole number';
    case 'boolean': return 'true or false';
    case 'null': return 'null';
    case 'list': case 'array': return 'a list';
    case 'map': case 'object': return 'a map';
  }
}

/** Whether a JSON value is of the type; `inText` asks it of a text that stands for a value, as in a query. */
export function isOfType(value: unknown, word: TypeWord, inText: boolean): boolean {
  const number = inText ? numberIn(value) : isNumeric(value) ? value : null;
  switch (word) {
    case 'text': case 'string': return typeof value === 'string';
    case 'number': return number !== null;
    case 'integer': return number !== null && isWhole(number);
    case 'boolean': return typeof value === 'boolean' || (inText && (value === 'true' || value === 'false'));
    case 'null': return value === null;
    case 'list': case 'array': return Array.isArray(value);
    case 'map': case 'object': return typeof value === 'object' && value !== null && !Array.isArray(value) && !isNumeric(value);
  }
}
