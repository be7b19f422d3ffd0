import { TextDecoder } from 'node:util';
import type { Document } from '@xmldom/xmldom';
import { charsetOf, isXmlType } from '../base/media-type.ts';
import { printable } from '../base/show.ts';
import { MalformedBody, type Request } from '../model/index.ts';

/** Bounds on what is built into a document. */
const maxDepth = 200;
/** Elements, attributes, comments, instructions and CDATA sections together. */
const maxNodes = 100_000;

type Parser = typeof import('@xmldom/xmldom').DOMParser;
let DOMParser: Parser | undefined;

/** Loads the XML parser; must be done before `readXml`. */
export async function loadXmlParser(): Promise<void> {
  DOMParser ??= (await import('@xmldom/xmldom')).DOMParser;
}

const read = new WeakMap<object, Document | MalformedBody | null>();

/** The body as an XML document, read once; null when it is not meant to be XML. Throws MalformedBody. */
export function readXml(request: Request): Document | null {
  let document = read.get(request.body);
  if (document === undefined) read.set(request.body, (document = readBody(request)));
  if (document instanceof MalformedBody) throw document;
  return document;
}

function readBody(request: Request): Document | MalformedBody | null {
  const { body } = request;
  const claimed = body.mediaType !== null && isXmlType(body.mediaType);
  if (!body.present || body.bytes === null || (body.mediaType !== null && !claimed)) return null;
  try {
    return parseXml(xmlText(request));
  } catch (error) {
    if (!claimed) return null;
    return error instanceof MalformedBody ? error : new MalformedBody('XML', firstLine(error));
  }
}

/** Without a charset in the Content-Type, the XML declaration names the encoding (RFC 7303 §3). */
function xmlText({ body, headers }: Request): string {
  const declared = charsetOf(headers.get('content-type')?.[0]) === null ? /^[^<]{0,4}<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)["']/.exec(body.bytes!.toString('latin1', 0, 256))?.[1] : undefined;
  if (declared === undefined || declared.toLowerCase() === 'utf-8') return body.text ?? '';
  try {
    return new TextDecoder(declared, { fatal: true }).decode(body.bytes!);
  } catch {
    throw new MalformedBody('XML', `it is not in the encoding \`${declared.slice(0, 40)}\` that it names`);
  }
}

/** XML text as a document. No DOCTYPE, so no entities but XML's own five; depth and number of elements are bounded. */
export function parseXml(text: string): Document {
  if (!DOMParser) throw new Error('The XML parser is not loaded');
  const problem = structureProblem(text);
  if (problem) throw new MalformedBody('XML', problem);
  const document = parse(DOMParser, text.trimStart());
  if (document.doctype || !document.documentElement) throw new MalformedBody('XML', document.doctype ? 'it has a DOCTYPE, which is refused' : 'it has no element');
  return document;
}

/** The parser wraps what its handler throws in words about itself: the first complaint is kept aside. */
function parse(Parser: Parser, text: string): Document {
  let complaint: MalformedBody | null = null;
  const stop = (level: string, message: string): void => {
    if (level === 'warning') return;
    complaint ??= new MalformedBody('XML', firstLine(message));
    throw complaint;
  };
  try {
    return new Parser({ onError: stop, locator: false }).parseFromString(text, 'text/xml');
  } catch (error) {
    throw complaint ?? error;
  }
}

/** What is refused before a document is built. Comments, CDATA sections and instructions are stepped over. */
function structureProblem(text: string): string | null {
  let depth = 0;
  let nodes = 0;
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', at)) {
    nodes += 1;
    if (text.startsWith('<!--', at)) at = after(text, '-->', at + 4);
    else if (text.startsWith('<![CDATA[', at)) at = after(text, ']]>', at + 9);
    else if (text.startsWith('<?', at)) at = after(text, '?>', at + 2);
    else if (text.startsWith('<!', at)) return 'it has a DOCTYPE or a declaration of entities, which is refused';
    else {
      const { end, attributes } = endOfTag(text, at + 1);
      nodes += attributes;
      if (text.charCodeAt(at + 1) === 0x2f) {
        depth -= 1;
        nodes -= 1;
      }
      else if (text.charCodeAt(end - 2) !== 0x2f) depth += 1;
      if (depth > maxDepth) return `it is nested deeper than ${maxDepth} levels`;
      at = end;
    }
    if (nodes > maxNodes) return `it has more than ${maxNodes} elements, attributes, comments and the like`;
  }
  return null;
}

function after(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from);
  return found === -1 ? text.length : found + end.length;
}

/** The position behind the `>` that ends a tag; one inside quotes does not. Attributes are counted by their quotes. */
function endOfTag(text: string, from: number): { readonly end: number; readonly attributes: number } {
  let attributes = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x3e) return { end: at + 1, attributes };
    if (code === 0x22 || code === 0x27) {
      at = text.indexOf(text[at]!, at + 1);
      if (at === -1) break;
      attributes += 1;
    }
  }
  return { end: text.length, attributes };
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return printable(message.split('\n')[0]!).slice(0, 200);
}
