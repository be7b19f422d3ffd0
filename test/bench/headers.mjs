import fs from 'node:fs';
import https from 'node:https';

const byNode = new Set(['date', 'connection', 'keep-alive', 'content-length', 'transfer-encoding']);

/** The headers with which a server answers, as name, value, name, value …, without those that node:http writes itself. */
export function headersOf(port, path, trust) {
  return new Promise((resolve, reject) => {
    const options = { port, path, host: '127.0.0.1', servername: 'localhost', ca: fs.readFileSync(trust), agent: false };
    https
      .get(options, (response) => {
        response.resume();
        if (response.statusCode !== 200) return reject(new Error(`GET ${path} was answered with ${response.statusCode}.`));
        const raw = response.rawHeaders;
        resolve(raw.filter((_, index) => !byNode.has(raw[index - (index % 2)].toLowerCase())));
      })
      .on('error', reject);
  });
}
