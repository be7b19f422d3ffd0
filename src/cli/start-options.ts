import { UsageProblem } from '../base/problems.ts';
import { readIsoTime } from '../base/iso-time.ts';
import { didYouMean } from '../base/nearest.ts';
import { parseDuration, parseSize } from '../base/units.ts';
import { show } from '../base/show.ts';
import { readAllowedHosts } from '../server/callbacks/allowed-hosts.ts';
import type { Settings } from '../server/settings.ts';

/** One option of `start`: a flag, a `REHEARSAL_…` variable and a key of `rehearsal.config.yaml` at once. */
export interface StartOption {
  /** As a flag without its dashes: `max-body`. */
  readonly name: string;
  readonly key: keyof Settings;
  /** What stands behind the flag in the help; null for a switch. */
  readonly value: string | null;
  readonly about: string;
  readonly repeatable?: boolean;
  /** For a switch: the setting that it makes. */
  readonly sets?: boolean;
  /** Reads the text; throws the words for "expected …". */
  read(text: string): unknown;
}

/** Says what a value should have been. */
class Expected extends Error {}

const text = (value: string): string => {
  if (value.trim() === '') throw new Expected('some text');
  return value;
};

function whole(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^-?\d+$/.test(value.trim()) || number < min || number > max) throw new Expected(`a whole number from ${min} to ${max}`);
    return number;
  };
}

const size = (value: string): number => {
  const bytes = parseSize(value);
  if (bytes === null) throw new Expected('a size with its unit, such as `2 GB` or `512 KiB`');
  return bytes;
};

const duration = (value: string): number => {
  const ms = parseDuration(value);
  if (ms === null || ms === 0) throw new Expected('a duration over 0 with its unit, such as `24 h` or `30 min`');
  return ms;
};

/** A host that callbacks may go to. */
const host = (value: string): string => {
  try {
    readAllowedHosts([value]);
  } catch (error) {
    if (!(error instanceof UsageProblem)) throw error;
    throw new Expected('a host such as `partner.test`, `partner.test:8443`, `*.example.com` or `[fd00::7]:8080`, without `https://` and path');
  }
  return value;
};

const instant = (value: string): number => {
  const ms = readIsoTime(value.trim());
  if (ms === null) throw new Expected('a time such as `2026-11-01T12:00:00Z` (ISO 8601)');
  return ms;
};

const url = (value: string): string => {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) throw new Expected('a URL such as `https://partner.test:8443`');
  return value.replace(/\/+$/, '');
};

const logFormat = (value: string): string => {
  if (value !== 'text' && value !== 'json') throw new Expected('`text` or `json`');
  return value;
};

const yes = (value: string): boolean => {
  if (/^(1|true|yes|on)$/i.test(value)) return true;
  if (/^(0|false|no|off|)$/i.test(value)) return false;
  throw new Expected('`true` or `false`');
};

export const startOptions: readonly StartOption[] = [
  { name: 'port', key: 'port', value: 'PORT', about: 'port for HTTPS; 0 takes any free one (default 5000)', read: whole(0, 65_535) },
  { name: 'host', key: 'host', value: 'NAME', about: 'address to listen on (default localhost: 127.0.0.1 and ::1)', read: text },
  { name: 'scenario', key: 'scenario', value: 'NAME', about: 'select a scenario for everybody; repeatable', repeatable: true, read: text },
  { name: 'fixtures', key: 'fixtures', value: 'DIR', about: 'folder of files to download (default fixtures/)', read: text },
  { name: 'certs', key: 'certs', value: 'DIR', about: 'folder of the local CA and certificate (default certs/)', read: text },
  { name: 'data', key: 'data', value: 'DIR', about: 'keep reports, journal and state there; without it nothing outlives the run', read: text },
  { name: 'http', key: 'http', value: 'PORT', about: 'serve plain HTTP as well, on this port', read: whole(0, 65_535) },
  { name: 'strict', key: 'strict', value: null, sets: true, about: 'refuse requests that violate what a rule expects', read: yes },
  { name: 'seed', key: 'seed', value: 'N', about: 'seed of everything random (default 1)', read: whole(0, Number.MAX_SAFE_INTEGER) },
  { name: 'clock', key: 'clock', value: 'ISO', about: "the server's time stands still at this instant", read: instant },
  { name: 'no-watch', key: 'watch', value: null, sets: false, about: 'do not reload edited scenarios', read: yes },
  { name: 'ready-file', key: 'readyFile', value: 'FILE', about: 'write address, CA file and pid there as JSON once ready', read: text },
  { name: 'journal', key: 'journal', value: 'N', about: 'exchanges kept (default 10000, within 64 MB)', read: whole(1, 10_000_000) },
  { name: 'max-body', key: 'maxBody', value: 'SIZE', about: 'largest request body (default 2 GB)', read: size },
  { name: 'max-parsed', key: 'maxParsed', value: 'SIZE', about: 'largest JSON, text, form or XML body (default 10 MB)', read: size },
  { name: 'admin-token', key: 'adminToken', value: 'TOKEN', about: 'ask for this bearer token on the admin API', read: text },
  { name: 'no-admin', key: 'admin', value: null, sets: false, about: 'no admin API and no console', read: yes },
  { name: 'san', key: 'san', value: 'NAME', about: 'a further name or address for the certificate; repeatable', repeatable: true, read: text },
  { name: 'public-url', key: 'publicUrl', value: 'URL', about: 'how clients reach the server, behind a mapped port', read: url },
  { name: 'log', key: 'log', value: 'FORMAT', about: 'log every exchange as `text` or `json` lines', read: logFormat },
  { name: 'quiet', key: 'quiet', value: null, sets: true, about: 'print nothing but errors', read: yes },
  { name: 'self-signed', key: 'selfSigned', value: null, sets: true, about: 'serve a bare self-signed certificate instead of one from the local CA', read: yes },
  { name: 'max-sessions', key: 'maxSessions', value: 'N', about: 'sessions kept; past it the one idle longest is let go (default 10000)', read: whole(1, 1_000_000) },
  { name: 'session-ttl', key: 'sessionTtl', value: 'DURATION', about: 'a session that nobody has used for so long is let go (default 24 h)', read: duration },
  { name: 'allow-callback', key: 'allowCallback', value: 'HOST', about: 'a host that callbacks may go to, beside this machine: `host`, `host:port`, `*.example.com`; repeatable', repeatable: true, read: host },
];

/** Options that the contract names and that this version does not carry out yet. */
export const notYet: Readonly<Record<string, string>> = { workers: 'several processes', store: 'a shared store' };

/** The variable of an option: `REHEARSAL_MAX_BODY`. */
export function variableOf(option: StartOption): string {
  return `REHEARSAL_${option.name.toUpperCase().replaceAll('-', '_')}`;
}

/** Reads one value; `where` names the flag, variable or key for the message. Exit code 2 when it is wrong. */
export function readOption(option: StartOption, value: unknown, where: string): unknown {
  try {
    if (option.value === null) return (typeof value === 'boolean' ? value : option.read(String(value))) === option.sets;
    if (!option.repeatable) return option.read(String(value));
    const values = Array.isArray(value) ? value : String(value).split(',');
    return values.map((one) => option.read(String(one).trim()));
  } catch (error) {
    if (error instanceof Expected) throw new UsageProblem(`${where}: expected ${error.message}, got ${show(value)}`, 'See `rehearsal start --help`');
    throw error;
  }
}

/** Settings of the flags. `valueOf`: what stands behind one, several for a repeatable one; undefined where it is not given. */
export function settingsOfFlags(valueOf: (option: StartOption) => unknown): Partial<Settings> {
  const settings: Record<string, unknown> = {};
  for (const option of startOptions) {
    const value = valueOf(option);
    if (value !== undefined) settings[option.key] = option.value === null ? option.sets : readOption(option, value, `--${option.name}`);
  }
  return settings as Partial<Settings>;
}

/** Settings of the environment; what `--no-NAME` switches off is told by `REHEARSAL_NAME`, too. Other `REHEARSAL_…` names are left alone: pipelines have their own. */
export function settingsOfEnvironment(env: Readonly<Record<string, string | undefined>>): Partial<Settings> {
  const settings: Record<string, unknown> = {};
  for (const option of startOptions) {
    const variable = variableOf(option);
    const positive = variable.replace('REHEARSAL_NO_', 'REHEARSAL_');
    if (positive !== variable && env[positive]) settings[option.key] = !readOption(option, env[positive], positive);
    if (env[variable]) settings[option.key] = readOption(option, env[variable], variable);
  }
  for (const name of Object.keys(notYet)) refuseNotYet(name, env[`REHEARSAL_${name.toUpperCase()}`], `REHEARSAL_${name.toUpperCase()}`);
  return settings as Partial<Settings>;
}

/** Settings of `rehearsal.config.yaml`: the names of the flags as keys, and `paths` for the scenarios. */
export function settingsOfFile(content: unknown, file: string): Partial<Settings> {
  if (content === null || content === undefined) return {};
  if (typeof content !== 'object' || Array.isArray(content)) throw new UsageProblem(`${file}: expected a map of options`, 'Write one `option: value` per line');
  const settings: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(content)) {
    if (key === 'paths') {
      settings['paths'] = Array.isArray(value) ? value.map(String) : [String(value)];
      continue;
    }
    refuseNotYet(key, value, `${file}: \`${key}\``);
    const positive = startOptions.find((option) => option.name === `no-${key}`);
    const option = startOptions.find((one) => one.name === key);
    if (positive) settings[positive.key] = !readOption(positive, value, `${file}: \`${key}\``);
    else if (option) settings[option.key] = readOption(option, value, `${file}: \`${key}\``);
    else throw new UsageProblem(`${file}: \`${key}\` is not an option`, didYouMean(key, startOptions.map((one) => one.name)) ?? 'See `rehearsal start --help`');
  }
  return settings as Partial<Settings>;
}

/** Says that an option which has a value here is not built yet. */
export function refuseNotYet(name: string, value: unknown, where: string): void {
  if (value !== undefined && Object.hasOwn(notYet, name)) throw new UsageProblem(`${where} is not built yet in this version (${notYet[name]})`, 'Leave it out');
}
