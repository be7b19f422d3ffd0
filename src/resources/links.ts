/** Relations, each with the query parameters that lead there; null for one that is left out. */
export type Links = readonly (readonly [relation: string, parameters: ReadonlyMap<string, string | null>])[];

/** The value of `Link` (RFC 8288): the URL of the request, with these parameters in the place of those it has. */
export function linkHeader(url: string, links: Links): string {
  const start = url.indexOf('?');
  const path = start === -1 ? url : url.slice(0, start);
  const pairs = start === -1 ? [] : url.slice(start + 1).split('&').filter((pair) => pair !== '');
  const values = links.map(([relation, parameters]) => {
    const kept = pairs.filter((pair) => !parameters.has(nameIn(pair)));
    const own = [...parameters].flatMap(([name, value]) => (value === null ? [] : [`${encode(name)}=${encode(value)}`]));
    const query = [...kept, ...own].join('&');
    return `<${asReference(query === '' ? path : `${path}?${query}`)}>; rel="${relation}"`;
  });
  return values.join(', ');
}

/** The path of a row below its list, for `Location`. */
export function pathOfRow(path: string, key: string): string {
  return asReference(`${path.replace(/\/+$/, '')}/${encodeURIComponent(wellFormed(key))}`);
}

/** A lone half of a letter beyond the first plane cannot be encoded. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

function nameIn(pair: string): string {
  const name = pair.split('=', 1)[0]!.replaceAll('+', ' ');
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Brackets, as in `page[size]`, stay as people write them. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll('%5B', '[').replaceAll('%5D', ']');
}

/** What Node's parser lets through in a URL, and no URI reference can hold (RFC 3986 §2). Bytes beyond ASCII come as one letter each. */
function asReference(url: string): string {
  return url.replace(/[^\u0021-\u007e]|[<>"\\^`{|}]/gu, (letter) => Buffer.from(letter, letter <= '\u00ff' ? 'latin1' : 'utf8').toString('hex').toUpperCase().replace(/../g, '%$&'));
}
