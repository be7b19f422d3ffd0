import { createHash } from 'node:crypto';

/** Java's own word for a store without secrets: it guards a checksum, nothing else. */
export const trustStorePassword = 'changeit';

const magic = 0xfe_ed_fe_ed;
const version = 2;
const trustedCertificate = 2;
/** What Java puts between the password and the content before it takes the checksum. */
const salt = 'Mighty Aphrodite';

/**
 * A trust store in Java's own format, JKS: every Java detects it, whatever the file is called. (A PKCS#12 file would need an
 * attribute of Oracle's on each certificate, without which Java reads it as empty.)
 * @param certificates PEM texts by alias; an alias is of `a-z 0-9 -`
 * @param madeAtMs milliseconds since 1970, as `keytool -list` shows it
 */
export function javaTrustStore(certificates: ReadonlyMap<string, string>, madeAtMs: number): Buffer {
  const content = Buffer.concat([int(magic), int(version), int(certificates.size), ...[...certificates].flatMap(([alias, pem]) => entry(alias, derOf(pem), madeAtMs))]);
  const checksum = createHash('sha1').update(Buffer.from(trustStorePassword, 'utf16le').swap16()).update(salt, 'utf8').update(content).digest();
  return Buffer.concat([content, checksum]);
}

function entry(alias: string, der: Buffer, madeAtMs: number): readonly Buffer[] {
  const madeAt = Buffer.alloc(8);
  madeAt.writeBigInt64BE(BigInt(Math.trunc(madeAtMs)));
  return [int(trustedCertificate), text(alias), madeAt, text('X.509'), int(der.length), der];
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** `DataOutput.writeUTF`, of ASCII. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  return Buffer.concat([int(bytes.length).subarray(2), bytes]);
}

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[A-Z ]+-----/g, ''), 'base64');
}
