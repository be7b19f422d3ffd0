import type { Recipe, RecipeFacts, Way } from './recipe.ts';
import type { Shell } from './shell.ts';

/** The recipes for programs with a store of their own and for the stores of operating systems: all add. */
export function storeRecipes(facts: RecipeFacts, shell: Shell): readonly Recipe[] {
  return [browsers(facts, shell), postman(facts), newman(facts, shell), systems(facts, shell)];
}

function browsers({ caFile, platform }: RecipeFacts, shell: Shell): Recipe {
  const chrome: Way = platform === 'linux'
    ? { title: 'Chrome, Edge, Chromium on Linux (certutil is in libnss3-tools)', effect: 'adds', kind: 'shell', lines: ['mkdir -p "$HOME/.pki/nssdb"', `certutil -d "sql:$HOME/.pki/nssdb" -A -t C,, -n rehearsal -i ${shell.quote(caFile)}`] }
    : { title: 'Chrome, Edge, Safari', effect: 'adds', kind: 'steps', lines: ['They use the system store: `rehearsal trust system`.'] };
  return {
    id: 'browsers', client: 'Browsers', also: ['browser', 'chrome', 'chromium', 'edge', 'firefox', 'safari', 'playwright', 'cypress', 'selenium'], tried: null, reads: [], cautions: [],
    ways: [
      chrome,
      { title: 'Firefox', effect: 'adds', kind: 'steps', lines: [`Settings > Privacy & Security > Certificates > View Certificates > Authorities > Import: ${caFile}, to identify websites.`, 'Or, with the CA in the system store, set security.enterprise_roots.enabled to true in about:config.'] },
    ],
  };
}

function postman({ caFile }: RecipeFacts): Recipe {
  return {
    id: 'postman', client: 'Postman', also: ['insomnia'], tried: null, reads: [], cautions: [],
    ways: [{ title: 'in the application', effect: 'adds', kind: 'steps', lines: [`Settings > Certificates > CA certificates: on, PEM file ${caFile}`] }],
  };
}

function newman({ caFile }: RecipeFacts, shell: Shell): Recipe {
  return {
    id: 'newman', client: 'Newman', also: [], tried: null, reads: ['NODE_EXTRA_CA_CERTS'], cautions: [],
    ways: [{ title: 'for one run', effect: 'adds', kind: 'shell', lines: [`newman run collection.json --ssl-extra-ca-certs ${shell.quote(caFile)}`] }],
  };
}

function systems({ caFile, platform }: RecipeFacts, shell: Shell): Recipe {
  const file = shell.quote(caFile);
  const crt = shell.quote(caFile.replace(/\.pem$/, '.crt'));
  const windows: Way = {
    title: 'Windows, for this user', effect: 'adds', kind: 'shell',
    lines: platform === 'win32' ? [`Copy-Item ${file} ${crt}`, `Import-Certificate -FilePath ${crt} -CertStoreLocation Cert:\\CurrentUser\\Root`, `# or: certutil -user -addstore Root ${crt}`] : ['Import-Certificate -FilePath rehearsal-ca.crt -CertStoreLocation Cert:\\CurrentUser\\Root'],
  };
  const mac: Way = { title: 'macOS, for this user', effect: 'adds', kind: 'shell', lines: [`security add-trusted-cert -r trustRoot -p ssl -k ~/Library/Keychains/login.keychain-db ${file}`] };
  const debian: Way = { title: 'Debian, Ubuntu, Alpine', effect: 'adds', kind: 'shell', lines: [`sudo cp ${file} /usr/local/share/ca-certificates/rehearsal.crt && sudo update-ca-certificates`] };
  const fedora: Way = { title: 'Fedora, RHEL', effect: 'adds', kind: 'shell', lines: [`sudo cp ${file} /etc/pki/ca-trust/source/anchors/rehearsal.pem && sudo update-ca-trust`] };
  const order = platform === 'win32' ? [windows, mac, debian, fedora] : platform === 'darwin' ? [mac, debian, fedora, windows] : [debian, fedora, mac, windows];
  return {
    id: 'system', client: 'System stores', also: ['os', 'windows', 'macos', 'mac', 'linux', 'debian', 'ubuntu', 'alpine', 'fedora', 'rhel', 'keychain', 'store'], tried: null, reads: [], ways: order,
    cautions: ['Programs of this whole machine or user trust the CA then; its names bind it to this machine. Take it out again when it is not needed.'],
  };
}
