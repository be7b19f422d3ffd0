import { urlHost } from './hosts.ts';
import type { Listening } from './listen.ts';
import type { Settings } from './settings.ts';

/** The URLs under which a server is reached. Until it listens, those of the ports that were asked for. */
export class Addresses {
  readonly #settings: Settings;
  readonly #adminOn: boolean;
  #port: number;
  #httpPort: number | null;

  constructor(settings: Settings, adminOn: boolean) {
    this.#settings = settings;
    this.#adminOn = adminOn;
    this.#port = settings.port;
    this.#httpPort = settings.http;
  }

  listensOn({ port, httpPort }: Pick<Listening, 'port' | 'httpPort'>): void {
    this.#port = port;
    this.#httpPort = httpPort;
  }

  /** `https://localhost:5000`, or the `--public-url`. */
  get url(): string {
    return this.#settings.publicUrl ?? `https://${urlHost(this.#settings.host)}:${this.#port}`;
  }

  get httpUrl(): string | null {
    return this.#httpPort === null ? null : `http://${urlHost(this.#settings.host)}:${this.#httpPort}`;
  }

  /** Null when the admin API is off. */
  get adminUrl(): string | null {
    return this.#adminOn ? `${this.url}/_rehearsal` : null;
  }

  /** Where a person reads about an exchange; null when the admin API is off. */
  journalUrl(exchange: string): string | null {
    const { adminUrl } = this;
    return adminUrl === null ? null : `${adminUrl}/journal/${exchange}`;
  }
}
