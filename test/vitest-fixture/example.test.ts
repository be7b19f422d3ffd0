import request from 'supertest';
import { expect } from 'vitest';
// In a project of your own: import { rehearsalTest } from 'rehearsal/vitest';
import { rehearsalTest, type RehearsalFixtures } from '../../src/vitest.ts';
import { temporaryFolder } from '../support/rehearsal.ts';

/*
 * A worked example: the tests of a client that fetches a task, does it and reports. The server is one for this file, and each
 * test has a session of its own, in which it chooses what goes wrong.
 */
const test = rehearsalTest({ scenarios: 'scenarios', certs: temporaryFolder('certs') });
const base = '/xyz/api/cleaner';

/** The client under test. It asks again, three times at most, while the server is not to be had. */
class CleanerClient {
  readonly #url: string;
  readonly #ca: string;

  constructor({ rehearsal, partner }: RehearsalFixtures) {
    this.#url = `${partner.url}${base}`;
    this.#ca = rehearsal.ca;
  }

  async tasks(): Promise<readonly { readonly id: number }[]> {
    for (let attempt = 1; ; attempt += 1) {
      const { status, body } = await request(this.#url).get('/tasks').ca(this.#ca);
      if (status === 200) return (body as { tasks: { id: number }[] }).tasks;
      if (status !== 503 || attempt === 3) throw new Error(`the list of tasks came with status ${status}`);
    }
  }

  async report(name: string, bytes: Buffer): Promise<string> {
    const { body } = await request(this.#url).post('/tasks/report').ca(this.#ca).attach('file', bytes, name);
    return (body as { status: string }).status;
  }
}

test('the client lists the tasks', async ({ rehearsal, partner }) => {
  const client = new CleanerClient({ rehearsal, partner });
  expect((await client.tasks()).map(({ id }) => id)).toEqual([1, 2]);
  expect(partner.journal().map(({ rule }) => rule?.route)).toEqual([`GET ${base}/tasks`]);
});

test('the client asks again after 503', async ({ rehearsal, partner }) => {
  partner.use('cleaner-list-503-twice');
  const client = new CleanerClient({ rehearsal, partner });
  expect(await client.tasks()).not.toEqual([]);
  expect(partner.journal({ status: 503 }).total).toBe(2);
});

test('the client knows that there is nothing to do', async ({ rehearsal, partner }) => {
  partner.use('cleaner-no-tasks');
  const client = new CleanerClient({ rehearsal, partner });
  expect(await client.tasks()).toEqual([]);
});

test('the client sends what the API expects of a report', async ({ rehearsal, partner }) => {
  const client = new CleanerClient({ rehearsal, partner });
  expect(await client.report('1797242037.zip', Buffer.from('PK'))).toBe('PASSED');
  expect(partner.journal({ violations: true })).toEqual([]);
  const [report] = await partner.reports();
  expect([report?.filename, report?.sizeBytes]).toEqual(['1797242037.zip', 2]);
});

test('a test sees its own requests alone', ({ rehearsal, partner }) => {
  expect(partner.journal().total).toBe(0);
  expect(rehearsal.journal().total).toBeGreaterThan(0);
});
