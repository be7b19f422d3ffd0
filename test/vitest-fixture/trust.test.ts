import tls from 'node:tls';
import { expect } from 'vitest';
import { rehearsalTest } from '../../src/vitest.ts';
import { temporaryFolder } from '../support/rehearsal.ts';

const test = rehearsalTest({ certs: temporaryFolder('certs'), scenarios: { scenario: 'hello', routes: { 'GET /': { respond: { text: 'hi' } } } } });

// Node can be told so while it runs from 22.19 and 24.5 on.
test.skipIf(!('setDefaultCACertificates' in tls))('fetch trusts the server without a flag', async ({ partner }) => {
  expect(await (await fetch(`${partner.url}/`)).text()).toBe('hi');
});
