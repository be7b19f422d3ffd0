import { createPrivateKey, X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const listPath = '/xyz/api/cleaner/tasks';
export const reportPath = '/xyz/api/cleaner/tasks/report';
export const listBody = '{"tasks":[{"id":1,"name":"vuln scan"},{"id":2,"name":"disinfect"}]}';
export const shippedScenarios = fileURLToPath(new URL('../../scenarios', import.meta.url));
const shippedFixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));

/** A temporary folder with everything a run needs: certificates, fixtures, scenarios of many sizes. */
export async function gather() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rehearsal-bench-'));
  const certs = path.join(folder, 'certs');
  const fixtures = path.join(folder, 'fixtures');
  fs.mkdirSync(certs);
  fs.cpSync(shippedFixtures, fixtures, { recursive: true });
  const material = { folder, certs, fixtures, shipped: shippedScenarios, ...(await makeCertificate(folder)) };
  return { ...material, discard: () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** A certificate for the baselines, of the kind that Rehearsal makes: EC P-256, SHA-256. */
async function makeCertificate(folder) {
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }, { type: 7, ip: '127.0.0.1' }] }],
  });
  const files = { cert: path.join(folder, 'cert.pem'), key: path.join(folder, 'key.pem'), trust: path.join(folder, 'trust.pem') };
  fs.writeFileSync(files.cert, made.cert);
  fs.writeFileSync(files.key, made.private);
  fs.writeFileSync(files.trust, made.cert);
  return files;
}

/**
 * Gives the baselines the very certificate and key that Rehearsal has made, found among the files of its certs folder,
 * and the load its CA. Without such a pair the baselines keep their own, of the same kind.
 */
export function shareCertificate(material) {
  const texts = fs.readdirSync(material.certs).map((name) => fs.readFileSync(path.join(material.certs, name), 'utf8'));
  const chains = texts.filter((text) => text.includes('BEGIN CERTIFICATE'));
  const keys = texts.filter((text) => text.includes('PRIVATE KEY')).map((text) => createPrivateKey(text));
  fs.appendFileSync(material.trust, `\n${chains.join('\n')}`);
  for (const chain of chains) {
    const leaf = new X509Certificate(chain);
    const key = leaf.ca ? undefined : keys.find((candidate) => leaf.checkPrivateKey(candidate));
    if (!key) continue;
    fs.writeFileSync(material.cert, chain);
    fs.writeFileSync(material.key, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    return;
  }
}

/** The task list and so many other routes. */
export function manyRoutes(material, count) {
  const others = Array.from({ length: count }, (_, n) => `  GET /other/${n}/tasks:\n    respond: { json: ${listBody} }\n`);
  return write(material, `routes-${count}.yaml`, `scenario: bench\nbase: /xyz/api/cleaner\nroutes:\n  GET /tasks:\n    respond: { json: ${listBody} }\n${others.join('')}`);
}

/** The task list behind so many rules of one route, told apart by a query value. */
export function manyRules(material, count) {
  const rules = Array.from({ length: count }, (_, n) => `    - when: { query: { id: ${n} } }\n      respond: { json: ${listBody} }\n`);
  return write(material, `rules-${count}.yaml`, `scenario: bench\nbase: /xyz/api/cleaner\nroutes:\n  GET /tasks:\n${rules.join('')}    - respond: { status: 404 }\n`);
}

/** A fixture of so many bytes and a scenario that serves it at `/file`. The largest takes no room on disk. */
export function download(material, sizeBytes) {
  const name = `${sizeBytes}.bin`;
  const file = path.join(material.fixtures, name);
  if (!fs.existsSync(file)) {
    fs.writeFileSync(file, '');
    fs.truncateSync(file, sizeBytes);
  }
  return { file, scenario: write(material, `download-${sizeBytes}.yaml`, `scenario: bench\nroutes:\n  GET /file:\n    respond: { file: ${name} }\n`) };
}

/** A collection of 100,000 rows, an empty one, and a static reply as long as a row. */
export function hundredThousandRows(material) {
  fs.writeFileSync(path.join(material.fixtures, 'rows.csv'), Array.from({ length: 100_000 }, (_, n) => `${n + 1},row ${n + 1},${n % 1000}\n`).join(''));
  return write(material, 'collections.yaml', [
    'scenario: bench', 'collections:', '  rows: { rows: { file: rows.csv, columns: [id, name, size] } }', '  fresh: {}',
    'resources: { /rows: rows, /fresh: fresh }', 'routes:', '  GET /static: { respond: { json: { id: 1, name: row 1, size: 0 } } }', '',
  ].join('\n'));
}

function write(material, name, text) {
  const file = path.join(material.folder, name);
  fs.writeFileSync(file, text);
  return file;
}
