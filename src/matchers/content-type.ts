import { mediaTypeOf } from '../base/media-type.ts';
import { need, type MatcherKind, type Request } from '../model/index.ts';
import { compileMediaTypeTest, mediaTypeTest, type MediaTypeTestIn } from './media-type-test.ts';
import { mismatch } from './mismatch.ts';

export const contentType: MatcherKind<unknown, MediaTypeTestIn> = {
  key: 'contentType',
  about: 'The media type of the request, parameters ignored, is this, one of these, or of a family such as `image/*`.',
  shape: mediaTypeTest,
  examples: [
    { yaml: 'application/json', request: { headers: { 'content-type': 'Application/JSON; charset=utf-8' } }, holds: true },
    { yaml: 'application/json', request: { headers: { 'content-type': 'text/plain' } }, holds: false, because: ['contentType: expected application/json, got text/plain'] },
    { yaml: 'application/json', request: {}, holds: false, because: ['contentType: expected application/json, got nothing'] },
    { yaml: '[application/zip, image/*]', request: { headers: { 'content-type': 'image/png' } }, holds: true },
    { yaml: '[application/zip, image/*]', request: { headers: { 'content-type': 'text/csv' } }, holds: false, because: ['contentType: expected one of application/zip, image/*, got text/csv'] },
    { yaml: '{ endsWith: +json }', request: { headers: { 'content-type': 'application/problem+json' } }, holds: true },
  ],
  compile(value, compiler) {
    const test = compileMediaTypeTest(value, compiler);
    return {
      needs: need.nothing, leaves: 1, pins: [],
      holds: ({ request }) => test.passes(typeOf(request)),
      explain({ request }) {
        const came = typeOf(request);
        return test.passes(came) ? [] : [mismatch('headers.content-type', 'contentType', test.shortfall(came), 415)];
      },
    };
  },
};

function typeOf(request: Request): string | null {
  return mediaTypeOf(request.headers.get('content-type')?.[0]);
}
