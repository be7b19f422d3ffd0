import { pipeline } from 'node:stream/promises';
import contentDisposition from 'content-disposition';
import type { StoredReport } from '../model/index.ts';
import { defaultLimit, maxLimit } from '../world/journal.ts';
import type { Control } from '../server/control.ts';
import { openContent } from '../files/report-content.ts';
import { endpoint, json, jsonAnswer, type Call, type Endpoint } from './endpoint.ts';
import { pageOf } from './page-of.ts';
import { afterParameter, limitParameter, sessionParameter, textParameter } from './query.ts';
import { Refusal } from './refusal.ts';
import { listOf, ref } from './schemas.ts';

const pathParameters = { id: { about: 'The `id` of a report.', schema: { type: 'string' } } };
const missing = { 404: 'There is no such report.' };

export const reports: readonly Endpoint[] = [
  endpoint({
    method: 'get', path: '/reports', operation: 'listReports', summary: 'Uploaded files, newest first.',
    parameters: { session: sessionParameter('Only this session; without it, all.'), exchange: textParameter('Only what came in this exchange.'), after: afterParameter, limit: limitParameter(maxLimit, defaultLimit) },
    answer: jsonAnswer('A page of them.', listOf('Report')),
    async handle({ control }, query) {
      const { session = null, exchange } = query;
      const all = control.reports.list(session).filter((report) => exchange === undefined || report.exchange === exchange);
      const page = pageOf(all.toReversed(), query);
      const items: unknown[] = [];
      // One after the other: a long page must not open hundreds of archives at once.
      for (const report of page.items) items.push(await shown(control, report));
      return json({ ...page, items });
    },
  }),
  endpoint({
    method: 'get', path: '/reports/{id}', operation: 'getReport', summary: 'One uploaded file.', pathParameters,
    answer: jsonAnswer('What is known of it.', ref('Report')), refusals: missing,
    handle: async (call) => json(await shown(call.control, find(call))),
  }),
  endpoint({
    method: 'get', path: '/reports/{id}/content', operation: 'getReportContent', summary: 'The bytes of an uploaded file.', pathParameters,
    answer: { status: 200, about: 'The bytes as they came, to be saved, never shown.', content: { type: '*/*', schema: { type: 'string', format: 'binary' } } }, refusals: missing,
    handle: async (call) => {
      await sendContent(call, find(call));
      return { kind: 'own' };
    },
  }),
];

function find({ control, params }: Call): StoredReport {
  const report = control.reports.get(params['id']!);
  if (report === null) throw new Refusal(404, `There is no report \`${params['id']!.slice(0, 100)}\`. \`GET /_rehearsal/reports\` lists those there are`);
  return report;
}

/** The report without the place of its bytes, which never leaves the process. */
async function shown(control: Control, report: StoredReport): Promise<unknown> {
  const { storedAt: _place, ...rest } = report;
  const zip = await control.reports.zip(report);
  return { ...rest, entries: zip !== null && 'entries' in zip ? zip.entries : null, problem: zip !== null && 'problem' in zip ? zip.problem : null };
}

/** What came from a client must not run in the browser on this server's behalf. */
async function sendContent({ request, response }: Call, report: StoredReport): Promise<void> {
  const stream = await openContent(report);
  if (stream === null) throw new Refusal(404, `The bytes of report \`${report.id}\` are gone: somebody took the file away`);
  response.statusCode = 200;
  response.setHeader('Content-Type', /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(report.type) ? report.type : 'application/octet-stream');
  response.setHeader('Content-Length', report.sizeBytes);
  response.setHeader('Content-Disposition', contentDisposition.create(safeName(report)));
  response.setHeader('Content-Security-Policy', "sandbox; default-src 'none'; frame-ancestors 'none'");
  if (request.method === 'HEAD') {
    stream.destroy();
    response.end();
    return;
  }
  try {
    await pipeline(stream, response);
  } catch {
    // The client went away, or the disk failed after the head was sent: the connection is closed, which is all that can be said.
    response.destroy();
  }
}

/** A name as sent is data: it may hold anything at all, and has no folder. */
function safeName(report: StoredReport): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is taken out
  const name = (report.filename ?? '').replace(/[\u0000-\u001f\u007f-\u009f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '_').replace(/^.*[/\\]/s, '').slice(0, 255);
  return name === '' || name === '.' || name === '..' ? `report-${report.id}` : name;
}
