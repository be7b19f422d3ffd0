/** Marks a branch that the types rule out: a new case of a sum type fails to compile here until it is handled. */
export function unreachable(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`);
}
