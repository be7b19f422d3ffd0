import tls from 'node:tls';
import { test as plain, type TestAPI } from 'vitest';
import { printable } from './base/show.ts';
import { startRehearsal, type Exchange, type Rehearsal, type RehearsalOptions, type Session } from './index.ts';
import { exchangeLine } from './server/log.ts';
import { pathOf } from './world/exchange-draft.ts';

/** What a test of {@link rehearsalTest} can ask for. */
export interface RehearsalFixtures {
  /** The server: one for the test file, started when the first test asks for it and closed when the file ends. */
  readonly rehearsal: Rehearsal;
  /** A session of the test's own, new for every try: give its `url` to the client under test. */
  readonly partner: Session;
}

/**
 * `test` of vitest with a server for each test file and a session for each test, so that tests may run side by side. A test that
 * fails prints what its session saw go wrong. From Node 22.19 and 24.5 on, `fetch` and all else in the test's process trust
 * the server; before, NODE_EXTRA_CA_CERTS must name the CA when Node starts, as under `rehearsal run`.
 */
export function rehearsalTest(options: RehearsalOptions = {}): TestAPI<RehearsalFixtures> {
  let sessions = 0;
  return plain.extend<RehearsalFixtures>({
    // eslint-disable-next-line no-empty-pattern -- vitest reads the names of what a fixture needs from its parameter
    rehearsal: [async ({}, use) => {
      const server = await startRehearsal(options);
      const distrust = trust(server.ca);
      try {
        await use(server);
      } finally {
        distrust();
        await server.close();
      }
    }, { scope: 'file' }],
    async partner({ rehearsal, task, onTestFailed }, use) {
      sessions += 1;
      const partner = rehearsal.session(`${wordsOf(task.name)}${sessions}`);
      onTestFailed(() => {
        const trouble = troubleOf(partner);
        // eslint-disable-next-line no-console -- what is written there while a test runs, vitest shows under its name
        if (trouble !== null) console.error(trouble);
      });
      await use(partner);
    },
  });
}

/** {@link rehearsalTest} with the scenarios under `scenarios/`. */
export const test: TestAPI<RehearsalFixtures> = rehearsalTest();

/** Exchanges that are printed at most: the last ones. */
const mostPrinted = 20;

/** The requests of a session that no rule matched or that violated what a rule expects, oldest first; null when there are none. */
function troubleOf({ id, journal }: Session): string | null {
  const unmatched = journal({ unmatched: true, limit: mostPrinted });
  const violating = journal({ violations: true, limit: mostPrinted });
  const counts = [...(unmatched.total > 0 ? [`${unmatched.total} unmatched`] : []), ...(violating.total > 0 ? [`${violating.total} with violations`] : [])];
  if (counts.length === 0) return null;
  const last = [...unmatched, ...violating].sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || order(a) - order(b)).slice(-mostPrinted);
  return [`Requests of the session ${id}: ${counts.join(', ')}`, ...last.map((exchange) => `  ${lineOf(exchange)}`)].join('\n');
}

/** Ids count up. */
function order({ id }: Exchange): number {
  return Number(/\d+$/.exec(id)?.[0] ?? 0);
}

function lineOf(exchange: Exchange): string {
  return printable(exchangeLine({ ...exchange, path: pathOf(exchange.url), session: 'default' }));
}

/** The beginning of a session's name, so that a person finds the test in the console: `the-client-asks-again-`. */
function wordsOf(name: string): string {
  const words = name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 40);
  return words === '' ? 'test-' : `${words}-`;
}

/** Has this process trust a CA beside those it does, where Node can; gives the way back. */
function trust(pem: string): () => void {
  const { getCACertificates, setDefaultCACertificates } = tls as typeof tls & Partial<DefaultCertificates>;
  if (!getCACertificates || !setDefaultCACertificates) return () => undefined;
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, pem]);
  return () => setDefaultCACertificates(before);
}

/** Of `node:tls`, from Node 22.19 and 24.5 on. */
interface DefaultCertificates {
  getCACertificates(type: 'default'): string[];
  setDefaultCACertificates(certificates: readonly string[]): void;
}
