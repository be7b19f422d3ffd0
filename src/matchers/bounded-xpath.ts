/** The parts of the XPath engine that take time without bound. */
export interface XPathEngine {
  readonly PathExpr: { applyStep(step: XPathStep, context: unknown, node: object): readonly object[] };
  readonly XNodeSet: { readonly prototype: XPathNodeSet };
}

interface XPathStep { readonly axis: number; readonly nodeTest: NodeTest; readonly predicates?: unknown }
interface NodeTest { matches(node: object, context: unknown): boolean }

interface XPathNodeSet {
  nodes: object[];
  size: number;
  tree: unknown;
  add(node: object): void;
  addArray(nodes: readonly object[]): void;
  toArray(): object[];
  first(): object | null;
  stringForNode(node: object): string;
}

interface TreeNode {
  readonly firstChild: TreeNode | null;
  readonly nextSibling: TreeNode | null;
  readonly parentNode: TreeNode | null;
  readonly ownerDocument: TreeNode | null;
  readonly attributes?: ArrayLike<object> | null;
}

/** Nodes that one XPath may look at in one body, a text of 64 letters counting as one more. */
const maxSteps = 500_000;

export class TooManySteps extends Error {}

let stepsLeft = maxSteps;

/** What `work` gives; throws {@link TooManySteps} when it looks at too much. */
export function withinSteps<T>(work: () => T): T {
  stepsLeft = maxSteps;
  return work();
}

function spend(steps: number): void {
  stepsLeft -= steps;
  if (stepsLeft < 0) throw new TooManySteps();
}

/** Counts what the engine looks at, and puts linear ways in the place of its own: it compares each node found with each other, and counts siblings to sort them. */
export function boundXPath({ PathExpr, XNodeSet }: XPathEngine): void {
  const set = XNodeSet.prototype;
  const { applyStep } = PathExpr;
  const { toArray, first, stringForNode } = set;
  if ([applyStep, toArray, first, stringForNode, set.add, set.addArray].some((part) => typeof part !== 'function')) throw new Error('The XPath engine has changed: its work cannot be bounded');

  PathExpr.applyStep = (step, context, node) => {
    spend(1);
    const nodeTest: NodeTest = {
      matches(one, within) {
        spend(1);
        return step.nodeTest.matches(one, within);
      },
    };
    return applyStep.call(PathExpr, { axis: step.axis, nodeTest }, context, node);
  };
  set.stringForNode = function stringOf(node) {
    spend(1);
    const text = stringForNode.call(this, node);
    if (typeof text === 'string') spend(text.length >>> 6);
    return text;
  };
  set.add = function addOne(node) {
    this.addArray([node]);
  };
  set.addArray = function addAll(nodes) {
    spend(nodes.length);
    this.nodes = [...new Set([...this.nodes, ...nodes])];
    this.size = this.nodes.length;
    this.tree = null;
  };
  set.toArray = function inOrder() {
    return sorted(this.nodes) ?? toArray.call(this);
  };
  set.first = function firstInOrder() {
    return this.nodes.length === 0 ? null : (sorted(this.nodes)?.[0] ?? first.call(this));
  };
}

const places = new WeakMap<object, Map<object, number>>();

/** In the order of the document; null for nodes that do not stand in it (of the namespace axis). */
function sorted(nodes: readonly object[]): object[] | null {
  if (nodes.length < 2) return [...nodes];
  const document = (nodes[0] as TreeNode).ownerDocument ?? (nodes[0] as TreeNode);
  let order = places.get(document);
  if (order === undefined) places.set(document, (order = placesIn(document)));
  if (!nodes.every((node) => order.has(node))) {
    spend(nodes.length ** 2);
    return null;
  }
  return nodes.toSorted((a, b) => order.get(a)! - order.get(b)!);
}

function placesIn(root: TreeNode): Map<object, number> {
  const order = new Map<object, number>();
  for (let node: TreeNode | null = root; node !== null; node = next(node, root)) {
    order.set(node, order.size);
    for (const attribute of Array.from(node.attributes ?? [])) order.set(attribute, order.size);
  }
  return order;
}

function next(node: TreeNode, root: TreeNode): TreeNode | null {
  if (node.firstChild !== null) return node.firstChild;
  for (let up: TreeNode | null = node; up !== null && up !== root; up = up.parentNode) if (up.nextSibling !== null) return up.nextSibling;
  return null;
}
