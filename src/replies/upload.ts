import { UploadMissing } from '../model/index.ts';
import type { ContentMade, Facts, ReplyKind } from '../model/index.ts';
import { text } from '../shapes/index.ts';
import { contentOf } from './content.ts';
import { asText, filled } from './value.ts';

/** Looked up when the request comes; one that is not there is answered with 404. */
export const upload = {
  key: 'upload',
  shape: text({ expected: 'the id or SHA-256 of an uploaded file', about: 'The id or SHA-256 of an uploaded file.' }),
  about: 'An uploaded part again, named by its SHA-256 or id.',
  examples: [{ yaml: "upload: '${{ query.sha256 }}'", status: 404 }],
  compile(value, compiler) {
    const content = contentOf(filled(value, compiler, (one) => asText(one).trim()), uploaded);
    return { ...content, fixed: false };
  },
} satisfies ReplyKind<string>;

function uploaded(asked: string, facts: Facts): ContentMade {
  const report = asked === '' ? null : facts.report(/^[0-9A-Fa-f]{64}$/.test(asked) ? asked.toLowerCase() : asked);
  if (!report) throw new UploadMissing(asked);
  const sha256 = Buffer.from(report.sha256, 'hex');
  const lastModified = new Date(report.at);
  return {
    body: { kind: 'file', ...report.storedAt, sizeBytes: report.sizeBytes, representation: { etag: `"${report.sha256}"`, lastModified: Number.isNaN(lastModified.getTime()) ? null : lastModified, sha256: () => sha256 } },
    type: report.type,
  };
}
