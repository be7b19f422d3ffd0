import { isIPv4 } from 'node:net';
import { canonicalAddress, type ServerName } from './names.ts';

/**
 * The value of a NameConstraints extension (RFC 5280, 4.2.1.10) that permits these names and nothing else of their kinds:
 * a CA that holds it cannot vouch for a bank, whoever gets its key. A wildcard permits its whole domain.
 */
export function encodeNameConstraints(names: readonly ServerName[]): Buffer<ArrayBuffer> {
  const subtrees = names.map((name) => encode(sequence, generalName(name)));
  return encode(sequence, encode(permittedSubtrees, ...subtrees));
}

const sequence = 0x30;
const permittedSubtrees = 0xa0;
const dnsName = 0x82;
const ipAddress = 0x87;

function generalName(name: ServerName): Buffer<ArrayBuffer> {
  if (name.kind === 'dns') return encode(dnsName, Buffer.from(name.value.replace(/^\*\./, ''), 'ascii'));
  const address = addressBytes(name.value);
  return encode(ipAddress, address, Buffer.alloc(address.length, 0xff));
}

/** An address as 4 or 16 bytes. */
function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const words = (half: string): number[] => (half ? half.split(':').map((word) => Number.parseInt(word, 16)) : []);
  const [head = '', tail] = address.split('::');
  const start = words(head);
  const end = tail === undefined ? [] : words(tail);
  const all = [...start, ...Array.from({ length: 8 - start.length - end.length }, () => 0), ...end];
  return Buffer.from(all.flatMap((word) => [word >> 8, word & 0xff]));
}

/** One DER element: tag, length, contents. */
function encode(tag: number, ...contents: readonly Uint8Array[]): Buffer<ArrayBuffer> {
  const body = Buffer.concat(contents);
  const length = body.length < 0x80 ? [body.length] : body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

/** The names that the extension's value permits, as far as this program writes them. A domain also permits what ends in it. */
export function decodeNameConstraints(der: Uint8Array): readonly ServerName[] {
  const names: ServerName[] = [];
  for (const list of elements(contentsOf(der, sequence))) {
    if (list.tag !== permittedSubtrees) continue;
    for (const subtree of elements(list.contents)) {
      const base = elements(subtree.contents)[0];
      if (base?.tag === dnsName) names.push({ kind: 'dns', value: Buffer.from(base.contents).toString('ascii') });
      if (base?.tag === ipAddress) names.push({ kind: 'ip', value: addressText(base.contents.subarray(0, base.contents.length / 2)) });
    }
  }
  return names;
}

/** Whether a certificate for this name is within what is permitted. */
export function permits(permitted: readonly ServerName[], name: ServerName): boolean {
  const value = name.value.replace(/^\*\./, '');
  return permitted.some((one) => one.kind === name.kind && (one.value === value || (name.kind === 'dns' && value.endsWith(`.${one.value}`))));
}

interface Element {
  readonly tag: number;
  readonly contents: Uint8Array;
}

function contentsOf(der: Uint8Array, tag: number): Uint8Array {
  const outer = elements(der)[0];
  return outer?.tag === tag ? outer.contents : new Uint8Array();
}

/** The DER elements side by side in these bytes; stops where they are cut off. Lengths up to 65,535. */
function elements(der: Uint8Array): readonly Element[] {
  const found: Element[] = [];
  let at = 0;
  while (at + 2 <= der.length) {
    const tag = der[at]!;
    const first = der[at + 1]!;
    const extra = first < 0x80 ? 0 : first & 0x7f;
    let length = first;
    if (extra > 0) length = extra === 1 ? der[at + 2]! : (der[at + 2]! << 8) | der[at + 3]!;
    const start = at + 2 + extra;
    if (extra > 2 || start + length > der.length) break;
    found.push({ tag, contents: der.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}

function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const words = Array.from({ length: bytes.length / 2 }, (_, index) => ((bytes[index * 2]! << 8) | bytes[index * 2 + 1]!).toString(16));
  return canonicalAddress(words.join(':'));
}
