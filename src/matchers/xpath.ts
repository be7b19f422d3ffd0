import { need, type Compiler, type MatcherKind } from '../model/index.ts';
import { mapOf } from '../shapes/index.ts';
import { notXml } from './body-type.ts';
import { mismatch, mismatchInWords } from './mismatch.ts';
import { compileTest } from './values/compile-test.ts';
import { textTest } from './values/test-shape.ts';
import type { Scalar, Test } from './values/test-types.ts';
import { readXml } from './xml-document.ts';
import { loadXPath, tooMuchToSearch, type XPathQuery } from './xpath-query.ts';

const post = (body: string): { method: string; headers: Record<string, string>; body: string } => ({ method: 'POST', headers: { 'content-type': 'application/xml' }, body });
const order = post('<order xmlns="urn:shop" id="7"><item price="5">tea</item><item price="9">cup</item></order>');
const soap = post('<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><m:Ping xmlns:m="urn:m">hello</m:Ping></S:Body></S:Envelope>');

export const xpath: MatcherKind<Readonly<Record<string, unknown>>, Readonly<Record<string, Test<Scalar>>>> = {
  key: 'xpath',
  about: 'For each XPath (1.0) one of the values that it finds in the XML body passes the test. A name without prefix is of any namespace; prefixes are those that the document declares.',
  shape: mapOf(textTest, { expected: 'a map from XPath to a test' }),
  examples: [
    { yaml: '{ "/order/@id": 7, "//item": cup, "count(//item)": { min: 2 } }', request: order, holds: true },
    { yaml: '{ "//item/@price": { above: 9 } }', request: order, holds: false, because: ['body `//item/@price`: expected more than 9, got 5, 9'] },
    { yaml: '{ "//note": { present: true } }', request: order, holds: false, because: ['body `//note`: expected something, got nothing'] },
    { yaml: '{ "//soap:Body/m:Ping": hello, "//S:Body": { present: true } }', request: soap, holds: true },
    { yaml: '{ "//a": 1 }', request: { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }, holds: false, because: ['body: expected XML, got application/json'] },
    { yaml: '{ "//a": 1 }', request: {}, holds: false, because: ['body: expected XML, got nothing'] },
  ],
  compile(value, compiler) {
    const tests = Object.keys(value).map((path) => ({ path, query: compileQuery(path, compiler), test: compileTest(value[path], 'text', compiler.at(path)) }));
    return {
      needs: need.body, leaves: tests.length, pins: [],
      holds({ request }) {
        const document = readXml(request);
        return document !== null && tests.every(({ query, test }) => {
          const values = query(document);
          return values !== tooMuchToSearch && test.passesAny(values);
        });
      },
      explain({ request }) {
        const document = readXml(request);
        if (document === null) return [notXml(request.body)];
        return tests.flatMap(({ path, query, test }) => {
          const values = query(document);
          if (values === tooMuchToSearch) return [mismatchInWords(`body.${path}`, `body \`${path}\`: expected ${test.expected}, got a body too large to be searched`, test.expected, 'a body too large to be searched')];
          return test.passesAny(values) ? [] : [mismatch(`body.${path}`, `body \`${path}\``, test.shortfall(values))];
        });
      },
    };
  },
};

function compileQuery(path: string, compiler: Compiler): XPathQuery {
  let query: XPathQuery | null = null;
  compiler.before(loadXPath().then((compile) => {
    const made = compile(path);
    if (typeof made === 'function') query = made;
    else compiler.mistake(made, [path], 'key');
  }));
  return (document) => query?.(document) ?? [];
}
