import { expect, test } from 'vitest';
import { openCertificates } from '../../src/certs/certificates.ts';
import { strangerToCertificate } from '../../src/server/hosts.ts';
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
