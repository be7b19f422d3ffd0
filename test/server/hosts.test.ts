import { expect, test } from 'vitest';
import { openCertificates } from '../../src/certs/certificates.ts';
import { hostNames, isLoopback, strangerToCertificate } from '../../src/server/hosts.ts';
import { defaultSettings } from '../../src/server/settings.ts';
import { temporaryFolder } from '../support/rehearsal.ts';

const certificates = await openCertificates({ dir: temporaryFolder('certs'), sans: ['*.partner.test', '10.1.2.3', 'fd00::7'], selfSigned: false, now: Date.now });

test.each(['https://localhost:5000', 'https://127.0.0.1:5000', 'https://[::1]:5000', 'https://api.partner.test/v1', 'https://10.1.2.3:1', 'https://[fd00:0::7]', 'http://elsewhere.test'])('%s is trusted, or not ours to be trusted', (url) => {
  expect(strangerToCertificate(url, certificates.cert)).toBeNull();
});

test.each([
  ['https://partner.test:8443', 'partner.test'],
  ['https://127.0.0.2:5000', '127.0.0.2'],
  ['https://[fd00::8]:5000', 'fd00::8'],
])('of %s it is said that clients will refuse it, and what to do', (url, name) => {
  expect(strangerToCertificate(url, certificates.cert)).toBe(`The certificate is not for ${name}: clients that call ${url} will refuse it. Start with \`--san ${name}\`.`);
});

test('the names of --san are those of a Host header, however they were written', () => {
  const names = hostNames({ ...defaultSettings, san: ['Partner.test', 'münchen.test.', '[FD00::7]', '*.wild.test'], publicUrl: 'https://public.test:8443' });
  expect(names).toEqual(expect.arrayContaining(['localhost', 'partner.test', 'xn--mnchen-3ya.test', '[fd00::7]', '*.wild.test', 'public.test']));
});

test.each([['localhost', true], ['LOCALHOST', true], ['127.0.0.2', true], ['[::1]', true], ['0.0.0.0', false], ['::', false], ['127.0.0.1.example.com', false], ['localhost.example.com', false]])('%s is reached by this machine alone: %s', (host, alone) => {
  expect(isLoopback(host)).toBe(alone);
});
