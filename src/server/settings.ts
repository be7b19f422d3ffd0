/** How a server is to run, every choice made: the command line, the environment, a file and the library all end here. */
export interface Settings {
  /** Files and folders with scenarios. */
  readonly paths: readonly string[];
  /** Scenarios given as plain data, of the same shape as the files. */
  readonly objects: readonly unknown[];
  /** 0: any free one. */
  readonly port: number;
  readonly host: string;
  /** Selected for everybody from the start. */
  readonly scenario: readonly string[];
  readonly fixtures: string;
  readonly certs: string;
  /** Null: nothing outlives the run. */
  readonly data: string | null;
  /** Port of plain HTTP beside HTTPS; null: none. */
  readonly http: number | null;
  readonly strict: boolean;
  readonly seed: number;
  /** Milliseconds since the epoch at which the server's time stands still; null: the machine's time. */
  readonly clock: number | null;
  readonly watch: boolean;
  readonly readyFile: string | null;
  /** Exchanges kept. */
  readonly journal: number;
  /** Bytes of a request's body. */
  readonly maxBody: number;
  /** Bytes of a body that is read into memory. */
  readonly maxParsed: number;
  readonly adminToken: string | null;
  readonly admin: boolean;
  readonly san: readonly string[];
  readonly publicUrl: string | null;
  readonly log: 'text' | 'json' | null;
  readonly quiet: boolean;
  /** Serve the bare self-signed certificate instead of one from the local CA. */
  readonly selfSigned: boolean;
  /** How many sessions are kept; past it the one idle longest is let go. */
  readonly maxSessions: number;
  /** Milliseconds after which a session that nobody uses is let go. */
  readonly sessionTtl: number;
  /** Hosts that callbacks may go to beside this machine: `host`, `host:port`, `*.example.com`. */
  readonly allowCallback: readonly string[];
}

export const defaultSettings: Settings = {
  paths: ['scenarios'],
  objects: [],
  port: 5000,
  host: 'localhost',
  scenario: [],
  fixtures: 'fixtures',
  certs: 'certs',
  data: null,
  http: null,
  strict: false,
  seed: 1,
  clock: null,
  watch: true,
  readyFile: null,
  journal: 10_000,
  maxBody: 2_000_000_000,
  maxParsed: 10_000_000,
  adminToken: null,
  admin: true,
  san: [],
  publicUrl: null,
  log: null,
  quiet: false,
  selfSigned: false,
  maxSessions: 10_000,
  sessionTtl: 24 * 3_600_000,
  allowCallback: [],
};
