import { plainNumbers } from '../base/plain-numbers.ts';
import { askedBodies } from '../scenario/asked-bodies.ts';
import { loadAll } from '../server/load.ts';
import type { ValueMaker } from '../replies/value-maker.ts';
import { bodyArguments } from './body-arguments.ts';
import { sampleBySchema } from './sample-by-schema.ts';
import type { Settings } from '../server/settings.ts';
import type { Matcher, Route, Rule } from '../model/index.ts';
import { printMistakes, type Io } from './io.ts';

/** `rehearsal routes`: the API as a client sees it, each route with its rules and a curl line to paste. Exit code 1 on mistakes. */
export async function routesCommand(settings: Settings, io: Io): Promise<number> {
  const { plan, diagnostics, sources } = await loadAll(settings);
  if (!plan) {
    printMistakes(io, diagnostics);
    return 1;
  }
  const { resolve } = await import('node:path');
  const asked = await askedBodies(sources, plan);
  const caFile = resolve(settings.certs, 'rehearsal-ca.pem');
  const base = settings.publicUrl ?? `https://localhost:${settings.port}`;
  for (const scenario of [...plan.scenarios.values()].sort((a, b) => (a.root === b.root ? (a.extends === null ? -1 : b.extends === null ? 1 : 0) : a.root < b.root ? -1 : 1))) {
    const inherited = scenario.extends === null ? null : plan.scenarios.get(scenario.extends);
    io.stdout(`${scenario.name}${scenario.summary ? `: ${scenario.summary}` : ''}${scenario.extends ? `  (variation of ${scenario.root})` : ''}\n`);
    for (const route of scenario.routes) {
      if (inherited?.routes.some((other) => other.id === route.id && other.fingerprint === route.fingerprint)) continue;
      io.stdout(`  ${route.id}  (${route.place.file}:${route.place.line})\n`);
      for (const rule of route.rules) io.stdout(`    ${ruleLine(rule)}\n`);
      const body = takesBody(route) ? await bodyArguments(asked(scenario, route), route, scenario, makeValue) : [];
      io.stdout(`    ${curlLine(route, base, caFile, scenario.extends === null ? null : scenario.name, body)}\n`);
    }
    io.stdout('\n');
  }
  return 0;
}

function ruleLine(rule: Rule): string {
  const when = rule.when ? conditionWords(rule.when) : 'always';
  return `${rule.name ?? `rule ${rule.index + 1}`}: ${when}  (${rule.place.file}:${rule.place.line})`;
}

/** `when query id is 7 and 1 more condition`: what a rule asks for by value, and how much beside it. */
function conditionWords(when: Matcher): string {
  const named = when.pins.map((pin) => `${pin.in} ${pin.name} is ${pin.value}`);
  const more = when.leaves - named.length;
  const rest = more > 0 ? [`${more} ${named.length > 0 ? 'more ' : ''}condition${more === 1 ? '' : 's'}`] : [];
  return `when ${[...named, ...rest].join(' and ')}`;
}

function takesBody({ method }: Route): boolean {
  return method === 'POST' || method === 'PUT' || method === 'PATCH';
}

/** Loaded when a schema asks for more than can be made up by hand. */
let maker: Promise<ValueMaker> | null = null;

async function makeValue(written: unknown, without: readonly string[] = []): Promise<{ readonly value: unknown } | null> {
  const schema = plainNumbers(written);
  const sample = sampleBySchema(schema, without);
  if (sample) return sample;
  maker ??= import('../replies/value-maker.ts').then(({ loadValueMaker }) => loadValueMaker());
  const made = (await maker).make(schema, 1);
  return 'value' in made ? made : null;
}

/** A line that works as it stands: parameters, pinned query values and the body (arguments of curl) filled with examples. */
function curlLine(route: Route, base: string, caFile: string, scenario: string | null, body: readonly string[]): string {
  const method = route.method === 'ANY' ? 'GET' : route.method;
  const path = route.segments.map((segment) => (segment.kind === 'literal' ? encodeURIComponent(segment.text) : segment.kind === 'param' ? pinned(route, 'params', segment.name) ?? '1' : '')).join('/');
  const query = new URLSearchParams((route.rules[0]?.when?.pins ?? []).filter((pin) => pin.in === 'query').map((pin): [string, string] => [pin.name, pin.value])).toString();
  return ['curl', `--cacert ${quote(caFile)}`, ...(method === 'GET' ? [] : method === 'HEAD' ? ['--head'] : [`-X ${method}`]), ...(scenario ? [`-H 'Rehearsal-Scenario: ${scenario}'`] : []), ...body.map(quote), quote(`${base}/${path}${query ? `?${query}` : ''}`)].join(' ');
}

function pinned(route: Route, place: 'params', name: string): string | null {
  return route.rules[0]?.when?.pins.find((pin) => pin.in === place && pin.name === name)?.value ?? null;
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
