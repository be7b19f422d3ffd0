import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

/** A request message over bytes in memory, so that a body that came in another way is received like any other. */
export function messageOf(body: Buffer, rawHeaders: readonly string[]): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) message.headers[rawHeaders[index]!.toLowerCase()] ??= rawHeaders[index + 1]!;
  delete message.headers['transfer-encoding'];
  message.headers['content-length'] = String(body.length);
  message.rawHeaders = Object.entries(message.headers).flatMap(([name, value]) => [name, String(value)]);
  message.push(body);
  message.push(null);
  message.complete = true;
  return message;
}
