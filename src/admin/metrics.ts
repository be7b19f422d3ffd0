import type { Metric, Registry } from 'prom-client';
import { durationBoundsMs, type RouteMeter, type RuleMeter } from '../engine/meter.ts';
import type { ServerMetrics } from '../server/control.ts';
import { endpoint, type Endpoint } from './endpoint.ts';

/** `GET /metrics`: what the server has counted, in the text format 0.0.4 of Prometheus. */
export const metrics: readonly Endpoint[] = [
  endpoint({
    method: 'get', path: '/metrics', operation: 'metrics', summary: 'Counters for Prometheus.',
    answer: { status: 200, about: 'The text format, version 0.0.4.', content: { type: 'text/plain', schema: { type: 'string' } } },
    async handle({ control }) {
      const prometheus = await import('prom-client');
      const registry = new prometheus.Registry();
      for (const family of [...familiesOf(control.metrics()), ...familiesOfProcess()]) register(registry, family);
      return { kind: 'bytes', type: registry.contentType, bytes: Buffer.from(await registry.metrics(), 'utf8') };
    },
  }),
];

/** All series of one name. */
interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly values: readonly Value[];
}

interface Value {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Of a histogram's parts. */
  readonly metricName?: string;
}

/** The numbers are kept by the server: the library, which writes them down, is only asked when somebody looks. */
function register(registry: Registry, family: Family): void {
  const { name } = family;
  registry.registerMetric({ name, get: async () => family } as unknown as Metric);
}

function familiesOf({ rules, routes, unmatched, receivedBytes, sentBytes, sessions, journalExchanges }: ServerMetrics): readonly Family[] {
  const all = [...rules];
  return [
    { name: 'rehearsal_requests_total', type: 'counter', help: 'Requests by route, rule (its name, or its file and line) and status.', values: all.flatMap(requestsOf) },
    { name: 'rehearsal_violations_total', type: 'counter', help: 'What requests fell short of in the `expect` of the rule that answered.', values: all.map((meter) => ({ labels: labelsOf(meter), value: meter.violations })) },
    single('rehearsal_unmatched_total', 'counter', 'Requests that no rule matched.', unmatched),
    { name: 'rehearsal_request_duration_seconds', type: 'histogram', help: 'From the head of a request to the end of its reply, delays included.', values: [...routes].flatMap(bucketsOf) },
    single('rehearsal_received_bytes_total', 'counter', 'Bytes of the bodies of requests.', receivedBytes),
    single('rehearsal_sent_bytes_total', 'counter', 'Bytes of the bodies of replies.', sentBytes),
    single('rehearsal_sessions', 'gauge', 'Sessions that are kept.', sessions),
    single('rehearsal_journal_exchanges', 'gauge', 'Exchanges that the journal keeps.', journalExchanges),
  ];
}

/** By the names that Prometheus' own clients give them, behind ours. */
function familiesOfProcess(): readonly Family[] {
  const { user, system } = process.cpuUsage();
  return [
    single('rehearsal_process_cpu_seconds_total', 'counter', 'CPU time of the process, in seconds.', (user + system) / 1e6),
    single('rehearsal_process_resident_memory_bytes', 'gauge', 'Memory of the process that is resident, in bytes.', process.memoryUsage.rss()),
    single('rehearsal_process_start_time_seconds', 'gauge', 'When the process began, in seconds since the epoch.', performance.timeOrigin / 1000),
  ];
}

function single(name: string, type: 'counter' | 'gauge', help: string, value: number): Family {
  return { name, type, help, values: [{ labels: {}, value }] };
}

function labelsOf({ route, rule }: RuleMeter): Value['labels'] {
  return { route: route.route, rule };
}

function requestsOf(meter: RuleMeter): readonly Value[] {
  return meter.statuses.map((status, index) => ({ labels: { ...labelsOf(meter), status: status === null ? 'none' : String(status) }, value: meter.counts[index]! }));
}

function bucketsOf({ route, buckets, sumMs }: RouteMeter): readonly Value[] {
  const name = 'rehearsal_request_duration_seconds';
  let count = 0;
  const values = buckets.map((own, index): Value => {
    count += own;
    return { metricName: `${name}_bucket`, labels: { route, le: index < durationBoundsMs.length ? String(durationBoundsMs[index]! / 1000) : '+Inf' }, value: count };
  });
  return [...values, { metricName: `${name}_sum`, labels: { route }, value: sumMs / 1000 }, { metricName: `${name}_count`, labels: { route }, value: count }];
}
