import { endpoint, json, jsonAnswer, type Endpoint } from './endpoint.ts';
import { Refusal } from './refusal.ts';
import { ref } from './schemas.ts';

/** The endpoints about the server itself. */
export const about: readonly Endpoint[] = [
  endpoint({
    method: 'get', path: '/health', operation: 'health', summary: 'Whether the server answers.', open: true,
    answer: jsonAnswer('It does.', ref('Health')),
    handle({ control }) {
      const { version, url, startedAt } = control.info();
      return json({ status: 'ok', version, url, startedAt });
    },
  }),
  endpoint({
    method: 'get', path: '/ca.pem', operation: 'caCertificate', summary: 'The certificate of the CA, for clients to trust.', open: true,
    answer: { status: 200, about: 'PEM, the certificate alone.', content: { type: 'application/x-pem-file', schema: { type: 'string' } } },
    refusals: { 404: 'There is no CA (the certificate is self-signed).' },
    handle({ control }) {
      const pem = control.caPem();
      if (pem === null) throw new Refusal(404, 'This server has no CA: it was started with a self-signed certificate or without TLS');
      return { kind: 'bytes', type: 'application/x-pem-file', bytes: Buffer.from(pem), headers: { 'Content-Disposition': 'attachment; filename="rehearsal-ca.pem"' } };
    },
  }),
];
