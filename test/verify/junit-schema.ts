import { DOMParser, type Element } from '@xmldom/xmldom';

const text = /^[^]*$/;
const whole = /^\d+$/;
/** SUREFIRE_TIME of the schema, as we write it: seconds with a point. */
const time = /^\d+\.\d{3}$/;

interface Rules {
  /** Name to pattern of its value; `!` marks what must be there. */
  readonly attributes: Readonly<Record<string, RegExp>>;
  readonly children: readonly string[];
  /** Whether it may hold text. */
  readonly mixed?: boolean;
}

/** What `junit-10.xsd` of Jenkins' xUnit plugin allows, where it types numbers as text told more narrowly. */
const schema: Readonly<Record<string, Rules>> = {
  testsuites: { attributes: { name: text, time, tests: whole, failures: whole, errors: whole }, children: ['testsuite'] },
  testsuite: { attributes: { 'name!': text, 'tests!': whole, 'failures!': whole, 'errors!': whole, group: text, time, skipped: whole, timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/, hostname: text, id: text, package: text, file: text, log: text, url: text }, children: ['testsuite', 'properties', 'testcase', 'system-out', 'system-err'] },
  properties: { attributes: {}, children: ['property'] },
  property: { attributes: { 'name!': text, 'value!': text }, children: [] },
  testcase: { attributes: { 'name!': text, time, classname: text, group: text }, children: ['skipped', 'error', 'failure', 'system-out', 'system-err'] },
  failure: { attributes: { type: text, message: text }, children: [], mixed: true },
  error: { attributes: { type: text, message: text }, children: [], mixed: true },
  skipped: { attributes: { type: text, message: text }, children: [], mixed: true },
  'system-out': { attributes: {}, children: [], mixed: true },
  'system-err': { attributes: {}, children: [], mixed: true },
};

/** Reads JUnit XML; throws when it is not well-formed. */
export function readXml(xml: string): Element {
  // What XML 1.0 does not allow, the parser lets pass.
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  const bad = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.exec(xml);
  if (bad) throw new Error(`a letter that XML does not allow at ${bad.index}`);
  const found: string[] = [];
  const document = new DOMParser({ onError: (_level, message) => void found.push(message) }).parseFromString(xml, 'text/xml');
  if (found.length > 0) throw new Error(found.join('; '));
  return document.documentElement!;
}

/** What is wrong with an element and all under it by the schema, and by the counts that a reader adds up. */
export function schemaMistakes(element: Element): readonly string[] {
  const rules = schema[element.tagName];
  if (!rules) return [`<${element.tagName}> is unknown`];
  const given = [...element.attributes].map(({ name, value }) => [name, value] as const);
  const required = Object.keys(rules.attributes).filter((name) => name.endsWith('!')).map((name) => name.slice(0, -1));
  const children = childrenOf(element);
  const bare = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.nodeValue ?? '').join('');
  return [
    ...given.filter(([name, value]) => !(rules.attributes[name] ?? rules.attributes[`${name}!`])?.test(value)).map(([name, value]) => `<${element.tagName} ${name}="${value}">`),
    ...required.filter((name) => !element.hasAttribute(name)).map((name) => `<${element.tagName}> lacks ${name}`),
    ...children.filter((child) => !rules.children.includes(child.tagName)).map((child) => `<${child.tagName}> in <${element.tagName}>`),
    ...(!rules.mixed && bare.trim() !== '' ? [`text in <${element.tagName}>`] : []),
    ...countMistakes(element),
    ...children.flatMap(schemaMistakes),
  ];
}

function countMistakes(element: Element): readonly string[] {
  const cases = [...element.getElementsByTagName('testcase')];
  const has = (name: string): number => cases.filter((one) => childrenOf(one).some((child) => child.tagName === name)).length;
  const real: Readonly<Record<string, number>> = { tests: cases.length, failures: has('failure'), errors: has('error'), skipped: has('skipped') };
  if (!/^testsuites?$/.test(element.tagName)) return [];
  return Object.entries(real).filter(([name, count]) => element.hasAttribute(name) && Number(element.getAttribute(name)) !== count).map(([name, count]) => `${name}="${element.getAttribute(name)}" of <${element.tagName}>, there are ${count}`);
}

export function childrenOf(element: Element): readonly Element[] {
  return [...element.childNodes].filter((node): node is Element => node.nodeType === 1);
}
