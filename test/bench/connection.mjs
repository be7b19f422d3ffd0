import tls from 'node:tls';

const endOfHead = Buffer.from('\r\n\r\n');

/**
 * A keep-alive connection that sends ready-made bytes and reads just enough of the answer to know where it ends, so
 * that the load costs less than the server. One request at a time; `onAnswer(status, bodyBytes)` may send the next.
 */
export class Connection {
  onAnswer = () => {};
  onFailure = () => {};
  #socket;
  #head = null;
  #status = 0;
  #bodyBytes = 0;
  #left = 0;

  constructor(port, ca) {
    this.#socket = tls.connect({ port, host: '127.0.0.1', servername: 'localhost', ca, session: undefined });
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk) => this.#read(chunk));
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('The server closed the connection.')));
  }

  connected() {
    return new Promise((resolve, reject) => {
      this.onFailure = reject;
      this.#socket.once('secureConnect', resolve);
    });
  }

  /** False when the bytes had to wait; `drained` then says when there is room again. */
  send(bytes) {
    return this.#socket.write(bytes);
  }

  drained() {
    return new Promise((resolve) => this.#socket.once('drain', resolve));
  }

  close() {
    this.onFailure = () => {};
    this.#socket.destroy();
  }

  #read(chunk) {
    if (this.#left > 0) return this.#count(chunk.length);
    const bytes = this.#head === null ? chunk : Buffer.concat([this.#head, chunk]);
    const end = bytes.indexOf(endOfHead);
    if (end < 0) {
      this.#head = bytes;
      return;
    }
    this.#head = null;
    const head = bytes.latin1Slice(0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head);
    this.#status = Number(head.slice(9, 12));
    if (length === null && this.#status !== 204) return this.#fail(new Error(`An answer without a length:\n${head}`));
    this.#bodyBytes = length === null ? 0 : Number(length[1]);
    this.#left = this.#bodyBytes;
    this.#count(bytes.length - end - 4);
  }

  #count(arrived) {
    this.#left -= arrived;
    if (this.#left < 0) return this.#fail(new Error('The server sent more than it announced.'));
    if (this.#left === 0) this.onAnswer(this.#status, this.#bodyBytes);
  }

  #fail(error) {
    this.#socket.destroy();
    this.onFailure(error);
  }
}
