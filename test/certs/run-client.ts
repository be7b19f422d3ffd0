import { execFile, spawnSync } from 'node:child_process';

/** Whether a program is installed: tests of clients that are not here are skipped, and say so. */
export function installed(command: string, args: readonly string[] = ['--version']): boolean {
  const tried = spawnSync(command, args, { stdio: 'ignore', timeout: 20_000 });
  return tried.error === undefined && tried.status === 0;
}

export interface ClientRun {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a client with nothing of the surroundings that would make it trust more or less. */
export function runClient(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ClientRun> {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/CERT|CA_BUNDLE|JAVA_.*OPTIONS|NODE_|proxy/i.test(name)));
  return new Promise((resolve) => {
    execFile(command, [...args], { env: { ...clean, ...env }, timeout: 30_000, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : null, output: `${stdout}${stderr}` });
    });
  });
}

/** A Java program in one file: HttpClient, then the older URL connection; one line each. Given a CA beside the address, once more with it. */
export const javaClient = `
import java.io.FileInputStream; import java.net.URI; import java.net.http.*; import java.security.KeyStore; import java.security.cert.CertificateFactory; import javax.net.ssl.*;
public class Client {
  public static void main(String[] args) throws Exception {
    ask(args[0], SSLContext.getDefault());
    if (args.length < 2) return;
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("rehearsal", CertificateFactory.getInstance("X.509").generateCertificate(new FileInputStream(args[1])));
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    ask(args[0], context);
  }
  static void ask(String url, SSLContext context) throws Exception {
    try { System.out.println("HttpClient " + HttpClient.newBuilder().sslContext(context).build().send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString()).statusCode()); }
    catch (Exception e) { System.out.println("HttpClient " + e); }
    try { HttpsURLConnection c = (HttpsURLConnection) new java.net.URL(url).openConnection(); c.setSSLSocketFactory(context.getSocketFactory()); System.out.println("URL " + c.getResponseCode()); }
    catch (Exception e) { System.out.println("URL " + e); }
  }
}
`;

export const pythonClient = `
import ssl, sys, urllib.request
context = ssl.create_default_context(cafile=sys.argv[2] if len(sys.argv) > 2 else None)
context.verify_flags |= ssl.VERIFY_X509_STRICT
print(urllib.request.urlopen(sys.argv[1], context=context).status)
`;

export const nodeClient = `require('node:https').get(process.argv[1], (r) => { console.log(r.statusCode); r.resume(); }).on('error', (e) => { console.log(e.code); process.exitCode = 1; });`;
