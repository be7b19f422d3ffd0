import { dirname, join } from 'node:path';
import type { Recipe, RecipeFacts } from './recipe.ts';
import { shellOf, type Shell } from './shell.ts';
import { storeRecipes } from './store-recipes.ts';

export type { Recipe, RecipeFacts, Way } from './recipe.ts';

/** What `--env` sets, and `rehearsal run` gives to its command: the replacing variables get the bundle, the adding one the CA. */
export function trustVariables(caFile: string, bundleFile: string): Readonly<Record<string, string>> {
  return {
    REHEARSAL_CA: caFile,
    NODE_EXTRA_CA_CERTS: caFile,
    SSL_CERT_FILE: bundleFile,
    REQUESTS_CA_BUNDLE: bundleFile,
    CURL_CA_BUNDLE: bundleFile,
    GIT_SSL_CAINFO: bundleFile,
    AWS_CA_BUNDLE: bundleFile,
  };
}

/** Every recipe, with the paths of this machine, in the words of its shell. */
export function recipes(facts: RecipeFacts): readonly Recipe[] {
  const shell = shellOf(facts.platform);
  return [curl(facts, shell), wget(facts, shell), python(facts, shell), java(facts, shell), node(facts, shell), go(facts, shell), dotnet(facts, shell), ruby(facts, shell), php(facts, shell), ...storeRecipes(facts, shell)];
}

function curl({ caFile, bundleFile, url, platform }: RecipeFacts, shell: Shell): Recipe {
  const schannel = platform === 'win32' ? ["Windows' own curl also looks for a revocation list, which a local CA has none of: add --ssl-revoke-best-effort."] : [];
  return {
    id: 'curl', client: 'curl', also: ['libcurl', 'git'], tried: 'curl 7.88 (OpenSSL)', reads: ['CURL_CA_BUNDLE', 'SSL_CERT_FILE'],
    ways: [
      { title: 'for one call', effect: 'replaces', kind: 'shell', lines: [`curl --cacert ${shell.quote(caFile)} ${url}`] },
      { title: 'for this shell', effect: 'replaces', kind: 'shell', lines: [shell.set('CURL_CA_BUNDLE', bundleFile)] },
    ],
    cautions: ['--cacert wins over CURL_CA_BUNDLE, and that over SSL_CERT_FILE.', ...schannel],
  };
}

function wget({ caFile, url }: RecipeFacts, shell: Shell): Recipe {
  return {
    id: 'wget', client: 'wget', also: [], tried: 'wget 1.21 (GnuTLS)', reads: [],
    ways: [{ title: 'for one call', effect: 'adds', kind: 'shell', lines: [`wget --ca-certificate=${shell.quote(caFile)} ${url}`] }],
    cautions: ['To keep it: `ca_certificate = FILE` in ~/.wgetrc.'],
  };
}

function python({ caFile, bundleFile, url }: RecipeFacts, shell: Shell): Recipe {
  const file = JSON.stringify(caFile);
  return {
    id: 'python', client: 'Python: requests, urllib, httpx, aiohttp', also: ['requests', 'urllib', 'httpx', 'aiohttp', 'py', 'python3'],
    tried: 'Python 3.11, requests 2.34, httpx 0.28, aiohttp 3.14', reads: ['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'SSL_CERT_FILE'],
    ways: [
      { title: 'requests, for this shell', effect: 'replaces', kind: 'shell', lines: [shell.set('REQUESTS_CA_BUNDLE', bundleFile)] },
      { title: 'urllib, httpx, aiohttp, for this shell', effect: 'replaces', kind: 'shell', lines: [shell.set('SSL_CERT_FILE', bundleFile)] },
      { title: 'requests, in code', effect: 'replaces', kind: 'code', lines: [`requests.get("${url}", verify=${file})`] },
      { title: 'urllib and httpx, in code', effect: 'replaces', kind: 'code', lines: [`context = ssl.create_default_context(cafile=${file})`, `urllib.request.urlopen("${url}", context=context)`, `httpx.get("${url}", verify=context)`] },
    ],
    cautions: ['requests reads REQUESTS_CA_BUNDLE, else CURL_CA_BUNDLE, never SSL_CERT_FILE; the others read SSL_CERT_FILE only.'],
  };
}

function java({ caFile, platform }: RecipeFacts, shell: Shell): Recipe {
  const windows = platform === 'win32';
  const store = join(dirname(caFile), 'truststore.p12');
  const file = shell.quote(store);
  const home = `JAVA_HOME="\${JAVA_HOME:-$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.home = //p')}"`;
  const copy = windows ? [`Copy-Item "$env:JAVA_HOME\\lib\\security\\cacerts" ${file}`] : [home, `cp "$JAVA_HOME/lib/security/cacerts" ${file}`];
  const remove = windows ? `Remove-Item -ErrorAction SilentlyContinue ${file}` : `rm -f ${file}`;
  const put = `keytool -importcert -noprompt -alias rehearsal -file ${shell.quote(caFile)} -keystore ${file}`;
  const use = shell.set('JAVA_TOOL_OPTIONS', `-Djavax.net.ssl.trustStore=${/[\s']/.test(store) ? `"${store}"` : store} -Djavax.net.ssl.trustStorePassword=changeit`);
  return {
    id: 'java', client: 'Java (and Kotlin, Scala, Gradle, Maven)', also: ['kotlin', 'jvm', 'maven', 'gradle', 'okhttp', 'keytool'], tried: 'OpenJDK 17',
    reads: ['_JAVA_OPTIONS', 'JDK_JAVA_OPTIONS', 'JAVA_TOOL_OPTIONS'],
    ways: [
      { title: 'this CA beside the public roots', effect: 'adds', kind: 'shell', lines: [remove, ...copy, `${put} -storepass changeit`, use] },
      { title: 'this CA alone', effect: 'replaces', kind: 'shell', lines: [remove, `${put} -storetype PKCS12 -storepass changeit`, use] },
    ],
    cautions: ['Do it again when a new CA was made.', 'Settings of the command line win over JDK_JAVA_OPTIONS, and those over JAVA_TOOL_OPTIONS; _JAVA_OPTIONS wins over all.'],
  };
}

function node({ caFile, url }: RecipeFacts, shell: Shell): Recipe {
  return {
    id: 'node', client: 'Node: fetch, https, axios, got', also: ['nodejs', 'javascript', 'typescript', 'js', 'fetch', 'axios', 'got', 'npm', 'undici'], tried: 'Node 20', reads: ['NODE_EXTRA_CA_CERTS'],
    ways: [
      { title: 'for this shell', effect: 'adds', kind: 'shell', lines: [shell.set('NODE_EXTRA_CA_CERTS', caFile)] },
      { title: 'in code', effect: 'replaces', kind: 'code', lines: [`https.get("${url}", { ca: fs.readFileSync(${JSON.stringify(caFile)}) }, (response) => { … });`] },
    ],
    cautions: ['The variable names one file: a file that it names already is no longer read. It is read when Node starts: setting process.env later does nothing. Code that passes its own `ca` ignores it.'],
  };
}

function go({ caFile, bundleFile }: RecipeFacts, shell: Shell): Recipe {
  return {
    id: 'go', client: 'Go', also: ['golang'], tried: 'Go 1.19 on Linux', reads: ['SSL_CERT_FILE'],
    ways: [
      { title: 'for this shell (Linux and BSD)', effect: 'replaces', kind: 'shell', lines: [shell.set('SSL_CERT_FILE', bundleFile)] },
      { title: 'in code, everywhere', effect: 'adds', kind: 'code', lines: ['pool, _ := x509.SystemCertPool()', `pem, _ := os.ReadFile(${JSON.stringify(caFile)})`, 'pool.AppendCertsFromPEM(pem)', 'client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}'] },
    ],
    cautions: ['On macOS and Windows Go ignores SSL_CERT_FILE: use the code, or the system store (`rehearsal trust system`).'],
  };
}

function dotnet({ bundleFile }: RecipeFacts, shell: Shell): Recipe {
  return {
    id: 'dotnet', client: '.NET', also: ['.net', 'csharp', 'c#', 'net', 'powershell'], tried: null, reads: ['SSL_CERT_FILE'],
    ways: [{ title: 'for this shell (Linux)', effect: 'replaces', kind: 'shell', lines: [shell.set('SSL_CERT_FILE', bundleFile)] }],
    cautions: ['On Windows and macOS .NET uses the system store: `rehearsal trust system`.'],
  };
}

function ruby({ bundleFile }: RecipeFacts, shell: Shell): Recipe {
  return {
    id: 'ruby', client: 'Ruby', also: ['faraday', 'rails'], tried: null, reads: ['SSL_CERT_FILE'], cautions: [],
    ways: [{ title: 'for this shell', effect: 'replaces', kind: 'shell', lines: [shell.set('SSL_CERT_FILE', bundleFile)] }],
  };
}

function php({ bundleFile }: RecipeFacts, shell: Shell): Recipe {
  const file = shell.quote(bundleFile);
  return {
    id: 'php', client: 'PHP', also: ['guzzle', 'laravel'], tried: null, reads: [], cautions: ['To keep them: the same two settings in php.ini.'],
    ways: [{ title: 'for one run', effect: 'replaces', kind: 'shell', lines: [`php -d curl.cainfo=${file} -d openssl.cafile=${file} script.php`] }],
  };
}
