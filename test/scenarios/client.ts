import https from 'node:https';

export interface Heard {
  /** Null when the connection ended before a status line. */
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** Whether all that was announced has come. */
  readonly complete: boolean;
  /** The code of the error that ended the connection, if one did. */
  readonly error: string | null;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** A plain client: one request over a connection of its own, trusting the server's CA and nothing else. */
export function ask(ca: string, url: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Heard> {
  return new Promise((resolve) => {
    const request = https.request(url, { method, headers, ca, agent: false });
    let head: Pick<Heard, 'status' | 'headers'> = { status: null, headers: {} };
    const chunks: Buffer[] = [];
    const end = (complete: boolean, error: string | null): void => resolve({ ...head, body: Buffer.concat(chunks), complete, error });
    request.on('error', (error: NodeJS.ErrnoException) => end(false, error.code ?? error.message));
    request.on('response', (response) => {
      head = { status: response.statusCode ?? null, headers: response.headers as Heard['headers'] };
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => end(response.complete, null));
      response.on('error', (error: NodeJS.ErrnoException) => end(false, error.code ?? error.message));
    });
    request.end(body);
  });
}

/** A request whose answer is not expected to end: `heard()` says how far it has come, `leave()` gives it up. */
export function begin(ca: string, url: string, { method = 'GET', headers = {}, body }: Asked = {}): { heard(): { status: number | null; bytes: number; ended: boolean }; leave(): void } {
  const request = https.request(url, { method, headers, ca, agent: false });
  let status: number | null = null;
  let bytes = 0;
  let ended = false;
  request.on('error', () => (ended = true));
  request.on('response', (response) => {
    status = response.statusCode ?? null;
    response.on('data', (chunk: Buffer) => (bytes += chunk.length));
    response.on('error', () => (ended = true));
    response.on('close', () => (ended = true));
  });
  request.end(body);
  return { heard: () => ({ status, bytes, ended }), leave: () => request.destroy() };
}

/** The body and headers of a multipart upload. */
export function form(parts: readonly { name: string; filename?: string; type?: string; content: Buffer | string }[]): Asked {
  const boundary = 'part-of-the-cleaner-tests';
  const pieces = parts.flatMap(({ name, filename, type, content }) => [
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n${type ? `Content-Type: ${type}\r\n` : ''}\r\n`),
    Buffer.from(content as string),
    Buffer.from('\r\n'),
  ]);
  const body = Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
  return { method: 'POST', headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': String(body.length) }, body };
}
