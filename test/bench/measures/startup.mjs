import fs from 'node:fs';
import tls from 'node:tls';
import { get } from '../load.mjs';
import { listBody, listPath } from '../material.mjs';
import { endChild } from '../processes.mjs';
import { interleave, median, ratio } from '../rounds.mjs';
import { baselineCommand, freePort, launch, rehearsalCommand } from '../servers.mjs';

/** Milliseconds from spawn to the last byte of the first answer, with the shipped scenarios and certificates that are there. */
export async function* startup(bench) {
  const { material } = bench;
  const product = (port) => rehearsalCommand(material, material.shipped, ['--port', String(port)]);
  const bare = (kind) => (port) => baselineCommand(material, kind, { port, body: listBody, path: listPath });
  const commands = [{ name: 'rehearsal', command: bench.againstItself ? bare('https') : product }, { command: bare('https') }, { command: bare('express') }];
  const measure = ({ command }) => firstAnswerMs(material, command);
  for (const command of commands) await measure(command);
  const figures = await interleave(commands, bench.settings.starts, measure);
  const row = { measure: 'spawn to first answer', unit: 'ms', figure: median(figures[0]) };
  yield { ...row, beside: 'node:https', baseline: median(figures[1]), ratio: ratio(figures[0], figures[1]), target: { figure: 'most', value: 150 } };
  yield { ...row, beside: 'express', baseline: median(figures[2]), ratio: ratio(figures[0], figures[2]) };
}

async function firstAnswerMs(material, command) {
  const port = await freePort();
  const secureContext = tls.createSecureContext({ ca: fs.readFileSync(material.trust) });
  const began = performance.now();
  const { child, log } = launch(material, command(port));
  try {
    while (!(await answers(port, secureContext))) {
      if (child.exitCode !== null || performance.now() - began > 20_000) throw new Error(`A server did not start:\n${fs.readFileSync(log, 'utf8')}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return performance.now() - began;
  } finally {
    await endChild(child);
  }
}

/** Whether a request of the task list is answered now; false while nobody listens. */
function answers(port, secureContext) {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ port, host: '127.0.0.1', servername: 'localhost', secureContext }, () => socket.write(get(listPath)));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (!answer.includes(listBody)) return;
      socket.destroy();
      resolve(true);
    });
    socket.on('error', (error) => (error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET' ? resolve(false) : reject(error)));
  });
}
