import { anything, byKind, mapOf, text } from '../shapes/index.ts';

/** The fields of a row. */
export const rowShape = byKind([mapOf(anything()), text({ pattern: /\$\{\{/, expected: 'an expression that gives a map' })], {
  expected: 'a map of fields, or an expression that gives one',
  about: 'The fields of the row.',
});
