import type { Mistake } from '../base/diagnostic.ts';
import type { FilterFunction, FunctionExpressionType, JSONPathEnvironment, JSONPathNode } from 'json-p3';
import { plainNumbers } from '../base/plain-numbers.ts';
import { makePattern, type Pattern } from './values/pattern.ts';

export const tooMuchToSearch: unique symbol = Symbol('too much to search');

/** The values of the nodes that a path finds in JSON, in order; exact numbers stay exact. */
export type JsonQuery = (value: unknown) => readonly unknown[] | typeof tooMuchToSearch;

/** Steps that `..` may take in one body, and nodes that are looked at: nested `..` would otherwise cost without bound. */
const maxSteps = 400_000;
const maxNodes = 10_000;
const maxDepth = 250;

class TooManySteps extends Error {}

let loading: Promise<(path: string) => JsonQuery | Mistake> | undefined;

/** Loads the JSONPath engine, once. What it gives compiles a path, or says what is wrong with it. */
export function loadJsonPath(): Promise<(path: string) => JsonQuery | Mistake> {
  return (loading ??= load());
}

async function load(): Promise<(path: string) => JsonQuery | Mistake> {
  const { JSONPathEnvironment, JSONPathNode, FunctionExpressionType } = await import('json-p3');
  const environment = new JSONPathEnvironment({ maxRecursionDepth: maxDepth });
  const budget: Budget = { steps: 0, locations: false };
  useBoundedDescent(environment, budget, JSONPathNode);
  useLinearPatterns(environment, FunctionExpressionType);

  return (path) => {
    try {
      const compiled = environment.compile(path);
      return (value) => {
        const plain = plainNumbers(value);
        const values: unknown[] = [];
        budget.steps = 0;
        budget.locations = plain !== value;
        try {
          for (const node of compiled.lazyQuery(plain as Parameters<typeof compiled.lazyQuery>[0])) {
            values.push(plain === value ? node.value : down(value, node.location));
            if (values.length >= maxNodes) break;
          }
        } catch (error) {
          // The engine passes whole lists as arguments: a RangeError is a list that is too long for that.
          if (error instanceof TooManySteps || error instanceof RangeError) return tooMuchToSearch;
          throw error;
        }
        return values;
      };
    } catch (error) {
      return {
        code: 'wrong-json-path', message: `The JSONPath is not well-formed: ${error instanceof Error ? error.message : String(error)}`,
        expected: 'a JSONPath (RFC 9535) such as `$.items[*].id`', got: `\`${path}\``, ...(!path.startsWith('$') && { fix: `Begin with \`$\`: \`$.${path.replace(/^\.+/, '')}\`` }),
      };
    }
  };
}

function down(value: unknown, location: readonly (string | number)[]): unknown {
  return location.reduce((inner, step) => (inner as Readonly<Record<string | number, unknown>>)[step], value);
}

interface Budget {
  steps: number;
  /** Whether anyone asks where a node stands: only then is it worth the time. */
  locations: boolean;
}

const nowhere: (string | number)[] = [];

type Node = InstanceType<typeof JSONPathNode>;

/** Walks `..` without recursion, in the order of the document, and counts: the engine's own takes time per level for each node. */
function useBoundedDescent(environment: JSONPathEnvironment, budget: Budget, NodeOf: typeof JSONPathNode): void {
  const descent = Object.getPrototypeOf(environment.compile('$..a').segments[0]) as { visit?: (root: Node) => Iterable<Node> };
  if (typeof descent.visit !== 'function') throw new Error('The JSONPath engine has changed: its descent cannot be bounded');
  descent.visit = function* visit(root: Node): Generator<Node> {
    const open: { node: Node; keys: readonly string[] | null; next: number }[] = [];
    for (let node: Node | null = root; node; node = nextChild(open)) {
      budget.steps += 1;
      if (budget.steps > maxSteps) throw new TooManySteps();
      yield node;
      const { value } = node;
      if (typeof value === 'object' && value !== null) open.push({ node, keys: Array.isArray(value) ? null : Object.keys(value), next: 0 });
    }
  };

  function nextChild(open: { node: Node; keys: readonly string[] | null; next: number }[]): Node | null {
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const { node, keys } = top;
      const value = node.value as Readonly<Record<string | number, Node['value']>> & { readonly length: number };
      if (top.next >= (keys ?? value).length) {
        open.pop();
        continue;
      }
      const key = keys ? keys[top.next]! : top.next;
      top.next += 1;
      return new NodeOf(value[key]!, budget.locations ? node.location.concat(key) : nowhere, node.root);
    }
    return null;
  }
}

/** `match` and `search` (RFC 9535 §2.4.6, §2.4.7) in linear time; a pattern that is none matches nothing. */
function useLinearPatterns(environment: JSONPathEnvironment, types: typeof FunctionExpressionType): void {
  const known = new Map<string, Pattern | null>();
  const compiled = (source: string): Pattern | null => {
    let pattern = known.get(source);
    if (pattern === undefined) {
      const made = makePattern(source, false);
      pattern = 'code' in made ? null : made;
      if (known.size >= 200) known.clear();
      known.set(source, pattern);
    }
    return pattern;
  };
  const withPattern = (wrap: (source: string) => string): FilterFunction => ({
    argTypes: [types.ValueType, types.ValueType], returnType: types.LogicalType,
    call: (text: unknown, source: unknown) => typeof text === 'string' && typeof source === 'string' && (compiled(wrap(source))?.test(text) ?? false),
  });
  environment.functionRegister.set('match', withPattern((source) => `^(?:${source})$`));
  environment.functionRegister.set('search', withPattern((source) => source));
}
