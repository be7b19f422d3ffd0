import { show } from '../base/show.ts';
import type { SchemeRoute } from '../model/index.ts';
import { invalid, text, turned, type Shape } from '../shapes/index.ts';

const plain = /^(?:\/[A-Za-z0-9._~!$&'()+,;=:@-]+)+\/?$/;

/** A path from the root at which a scheme serves something by itself. */
export function literalPathShape(about: string): Shape<string> {
  const expected = 'a path from the root, such as `/oauth/token`';
  return turned(text({ expected, about }), (path, at, report) => {
    const reserved = path.startsWith('/@') || /^\/_rehearsal(?:\/|$)/.test(path);
    const dots = path.split('/').some((segment) => segment === '.' || segment === '..');
    if (plain.test(path) && path.length <= 1000 && !reserved && !dots) return path;
    const message = reserved ? 'Paths that begin like this are kept for the server\'s own use' : 'This is no plain path';
    report(at, { code: reserved ? 'reserved-path' : 'bad-path', message, expected, got: show(path), fix: path.startsWith('/') || path === '' ? undefined : `Write \`/${path.replace(/^https?:\/\/[^/]*\//i, '')}\`` });
    return invalid;
  });
}

/** Its segments, for the route. */
export function segmentsOf(path: string): SchemeRoute['segments'] {
  return path.slice(1).split('/').map((segment) => ({ kind: 'literal', text: segment }));
}
