import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { installed } from '../certs/run-client.ts';
import { runProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/rehearsal.ts';

const has = {
  curl: installed('curl'),
  python: installed('python3'),
  requests: installed('python3', ['-c', 'import requests']),
  httpx: installed('python3', ['-c', 'import httpx']),
  java: installed('java'),
  git: installed('git'),
};
const folder = temporaryFolder('run-clients');

beforeAll(() => {
  mkdirSync(join(folder, 'scenarios'));
  writeFileSync(join(folder, 'scenarios/partner.yaml'), 'scenario: partner\nroutes:\n  GET /tasks: { respond: { text: two tasks } }\n');
});

/** What a program says that knows of nothing but the address; nothing of the surroundings makes it trust more. */
async function said(command: readonly string[], options: readonly string[] = []): Promise<string> {
  const none = Object.fromEntries(Object.keys(process.env).filter((name) => /CERT|CA_BUNDLE|CAINFO|JAVA_.*OPTIONS|NODE_|_proxy$/i.test(name)).map((name) => [name, '']));
  const { code, stdout, stderr } = await runProgram(['run', '--quiet', ...options, '--', ...command], { cwd: folder, env: { ...none, NO_PROXY: 'localhost', no_proxy: 'localhost' } });
  expect([code, stderr.replace(/^Picked up JAVA_TOOL_OPTIONS: .*\n/gm, '')]).toEqual([0, '']);
  return stdout;
}

describe('an unmodified program trusts the server that runs for it', () => {
  test.skipIf(!has.curl)('curl (skipped without curl)', async () => {
    expect(await said(['sh', '-c', 'curl -sS "$REHEARSAL_URL/tasks"'])).toBe('two tasks');
  });

  test('Node: fetch', async () => {
    expect(await said([process.execPath, '-e', 'fetch(process.env.REHEARSAL_URL + "/tasks").then((r) => r.text()).then(console.log)'])).toBe('two tasks\n');
  });

  test('Node: https', async () => {
    expect(await said([process.execPath, '-e', 'require("node:https").get(process.env.REHEARSAL_URL + "/tasks", (r) => r.pipe(process.stdout))'])).toBe('two tasks');
  });

  test.skipIf(!has.python)('Python: urllib (skipped without python3)', async () => {
    expect(await said(['python3', '-c', 'import os, urllib.request\nprint(urllib.request.urlopen(os.environ["REHEARSAL_URL"] + "/tasks").read().decode())'])).toBe('two tasks\n');
  });

  test.skipIf(!has.requests)('Python: requests (skipped without requests)', async () => {
    expect(await said(['python3', '-c', 'import os, requests\nprint(requests.get(os.environ["REHEARSAL_URL"] + "/tasks").text)'])).toBe('two tasks\n');
  });

  test.skipIf(!has.httpx)('Python: httpx (skipped without httpx)', async () => {
    expect(await said(['python3', '-c', 'import os, httpx\nprint(httpx.get(os.environ["REHEARSAL_URL"] + "/tasks").text)'])).toBe('two tasks\n');
  });

  test.skipIf(!has.java)('Java: HttpClient (skipped without java)', { timeout: 60_000 }, async () => {
    writeFileSync(join(folder, 'Tasks.java'), `
import java.net.URI; import java.net.http.*;
public class Tasks {
  public static void main(String[] args) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(System.getenv("REHEARSAL_URL") + "/tasks")).build();
    System.out.println(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
  }
}
`);
    expect(await said(['java', 'Tasks.java'])).toBe('two tasks\n');
  });

  test.skipIf(!has.git)('git, which hears that there is no repository (skipped without git)', async () => {
    expect(await said(['sh', '-c', 'git ls-remote "$REHEARSAL_URL/tasks" 2>&1 | grep -o "tasks/. not found"; true'], ['--allow-unmatched'])).toBe("tasks/' not found\n");
  });
});
