import type { Document, Element } from '@xmldom/xmldom';
import type { Mistake } from '../base/diagnostic.ts';
import { boundXPath, TooManySteps, withinSteps, type XPathEngine } from './bounded-xpath.ts';
import { loadXmlParser, parseXml } from './xml-document.ts';

export const tooMuchToSearch: unique symbol = Symbol('too much to search');

/** The values that an XPath finds: the text of each node, or the one text, number or truth value as text. */
export type XPathQuery = (document: Document) => readonly string[] | typeof tooMuchToSearch;

/** What the types of the library leave out. */
interface XPathLibrary extends XPathEngine {
  parse(expression: string): { evaluate(options: { node: unknown; namespaces: (prefix: string) => string | null; allowAnyNamespaceForNoPrefix: boolean }): unknown };
}
interface XPathResult { toArray?(): readonly XPathNode[]; stringValue(): string }
interface XPathNode { readonly nodeType: number; readonly nodeValue: string | null; readonly textContent: string | null }

const maxNodes = 10_000;

/** Prefixes that people use without looking how the document declares them. */
const wellKnown: Readonly<Record<string, string>> = {
  xml: 'http://www.w3.org/XML/1998/namespace', xsi: 'http://www.w3.org/2001/XMLSchema-instance', xs: 'http://www.w3.org/2001/XMLSchema', xlink: 'http://www.w3.org/1999/xlink',
  soap: 'http://schemas.xmlsoap.org/soap/envelope/', soapenv: 'http://schemas.xmlsoap.org/soap/envelope/', soap12: 'http://www.w3.org/2003/05/soap-envelope', wsse: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd', atom: 'http://www.w3.org/2005/Atom',
};

let loading: Promise<(expression: string) => XPathQuery | Mistake> | undefined;

/** Loads the XPath engine, once. What it gives compiles an expression, or says what is wrong with it. */
export function loadXPath(): Promise<(expression: string) => XPathQuery | Mistake> {
  return (loading ??= load());
}

async function load(): Promise<(expression: string) => XPathQuery | Mistake> {
  const [module] = await Promise.all([import('xpath'), loadXmlParser()]);
  const library = ('default' in module ? module.default : module) as unknown as XPathLibrary;
  boundXPath(library);
  const sample = parseXml('<a/>');
  return (expression) => {
    try {
      const parsed = library.parse(expression);
      const query = bounded((document) => valuesIn(parsed.evaluate({ node: document, namespaces: namespacesOf(document), allowAnyNamespaceForNoPrefix: true }) as XPathResult));
      // An unknown function or variable shows only when the expression is worked out.
      withinSteps(() => parsed.evaluate({ node: sample, namespaces: (prefix) => wellKnown[prefix] ?? `urn:${prefix}`, allowAnyNamespaceForNoPrefix: true }));
      return query;
    } catch (error) {
      const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error);
      return { code: 'wrong-xpath', message: `The XPath is not well-formed: ${reason}`, expected: 'an XPath 1.0 expression such as `//order/@id`', got: `\`${expression}\`` };
    }
  };
}

function bounded(query: (document: Document) => readonly string[]): XPathQuery {
  return (document) => {
    try {
      return withinSteps(() => query(document));
    } catch (error) {
      // The engine passes whole lists as arguments: a RangeError is a list that is too long for that.
      if (error instanceof TooManySteps || error instanceof RangeError) return tooMuchToSearch;
      throw error;
    }
  };
}

function valuesIn(result: XPathResult): readonly string[] {
  if (typeof result.toArray !== 'function') return [result.stringValue()];
  return result.toArray().slice(0, maxNodes).map((node) => (node.nodeType === 1 || node.nodeType === 9 || node.nodeType === 11 ? node.textContent : node.nodeValue) ?? '');
}

const declared = new WeakMap<Document, ReadonlyMap<string, string>>();

/** A prefix means what the document declares for it anywhere (the first counts), then what it usually means. A name without one is of any namespace. */
function namespacesOf(document: Document): (prefix: string) => string | null {
  return (prefix) => {
    let known = declared.get(document);
    if (!known) declared.set(document, (known = declarations(document)));
    return known.get(prefix) ?? wellKnown[prefix] ?? `urn:undeclared:${prefix}`;
  };
}

function declarations(document: Document): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const elements = document.getElementsByTagName('*');
  for (let node: Element | null = document.documentElement, index = 0; node; node = elements.item(index), index += 1) {
    for (let at = 0; at < node.attributes.length; at += 1) {
      const attribute = node.attributes.item(at);
      if (attribute?.prefix === 'xmlns' && !found.has(attribute.localName!)) found.set(attribute.localName!, attribute.value);
    }
  }
  return found;
}
