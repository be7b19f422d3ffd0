import { Agent, request as httpsRequest } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';

/** An answer, whole. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly bytes: Buffer;
  readonly text: string;
  /** Parsed when asked for. */
  json(): any;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
  /** Reuses the agent's connections when given. */
  readonly agent?: Agent;
}

/** One HTTPS request that trusts exactly this CA. Rejects when the connection ends before the answer does. */
export function ask(server: { readonly url: string; readonly ca: string }, path: string, options: Ask = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const url = new URL(server.url);
    const request = httpsRequest({ host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port, path, method: options.method ?? (options.body === undefined ? 'GET' : 'POST'), headers: options.headers as Record<string, string>, ca: server.ca, agent: options.agent ?? false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('close', () => {
        if (!response.complete) reject(Object.assign(new Error('the answer was cut off'), { partial: Buffer.concat(chunks) }));
      });
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, rawHeaders: response.rawHeaders, bytes, text: bytes.toString('utf8'), json: () => JSON.parse(bytes.toString('utf8')) });
      });
    });
    request.on('error', reject);
    request.end(options.body);
  });
}

/** Sends JSON. */
export function askJson(server: { readonly url: string; readonly ca: string }, path: string, value: unknown, options: Ask = {}): Promise<Answered> {
  return ask(server, path, { method: 'POST', ...options, headers: { 'Content-Type': 'application/json', ...options.headers }, body: JSON.stringify(value) });
}

/** A `multipart/form-data` body: fields as text, files as `{ filename, content, type }`. */
export function multipart(parts: Readonly<Record<string, string | { filename: string; content: Buffer | string; type?: string }>>): { headers: Record<string, string>; body: Buffer } {
  const boundary = 'rehearsal-test-boundary';
  const chunks: Buffer[] = [];
  for (const [name, part] of Object.entries(parts)) {
    const file = typeof part === 'string' ? null : part;
    chunks.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file ? `; filename="${file.filename}"\r\nContent-Type: ${file.type ?? 'application/octet-stream'}` : ''}\r\n\r\n`));
    chunks.push(Buffer.from(typeof part === 'string' ? part : part.content), Buffer.from('\r\n'));
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`));
  return { headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` }, body: Buffer.concat(chunks) };
}
