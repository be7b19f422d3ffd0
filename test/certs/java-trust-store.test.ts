import { createHash, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { javaTrustStore } from '../../src/certs/java-trust-store.ts';
import { installed, runClient } from './run-client.ts';
import { temporaryFolder } from './temporary-folder.ts';

const [one, other] = rootCertificates as [string, string];
const madeAtMs = Date.UTC(2026, 10, 21);
const store = javaTrustStore(new Map([['root-1', one], ['rehearsal', other]]), madeAtMs);
const folder = temporaryFolder();

describe('a Java trust store', () => {
  it('is JKS, version 2: a magic number, then each certificate with its alias and date, each length before its bytes', () => {
    const der = new X509Certificate(one).raw;
    const expected = Buffer.concat([
      Buffer.from('feedfeed0000000200000002', 'hex'),
      Buffer.from('000000020006', 'hex'), Buffer.from('root-1'), Buffer.from(madeAtMs.toString(16).padStart(16, '0'), 'hex'),
      Buffer.from('0005', 'hex'), Buffer.from('X.509'), Buffer.from(der.length.toString(16).padStart(8, '0'), 'hex'), der,
    ]);
    expect(store.subarray(0, expected.length).equals(expected)).toBe(true);
    expect(store.includes(new X509Certificate(other).raw)).toBe(true);
  });

  it('ends with the checksum that Java takes with the password', () => {
    const content = store.subarray(0, -20);
    const password = Buffer.from([...'changeit'].flatMap((letter) => [0, letter.charCodeAt(0)]));
    expect(store.subarray(-20)).toEqual(createHash('sha1').update(Buffer.concat([password, Buffer.from('Mighty Aphrodite'), content])).digest());
  });

  it.skipIf(!installed('keytool', ['-help']))('is read by Java, whatever type it is told, its checksum right (skipped without keytool)', { timeout: 60_000 }, async () => {
    const file = join(folder, 'truststore.jks');
    writeFileSync(file, store);
    const { code, output } = await runClient('keytool', ['-J-Duser.language=en', '-list', '-keystore', file, '-storepass', 'changeit', '-storetype', 'PKCS12']);
    expect(output).toContain('2 entries');
    expect(output).toMatch(/^root-1, .*trustedCertEntry/m);
    expect(output).toMatch(/^rehearsal, .*trustedCertEntry/m);
    expect(code).toBe(0);
  });
});
