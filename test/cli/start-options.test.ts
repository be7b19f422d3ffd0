import { describe, expect, it } from 'vitest';
import { UsageProblem } from '../../src/base/problems.ts';
import { readOption, settingsOfEnvironment, settingsOfFile, startOptions } from '../../src/cli/start-options.ts';

const option = (name: string) => startOptions.find((one) => one.name === name)!;
const read = (name: string, value: unknown) => readOption(option(name), value, `--${name}`);

describe('--session-ttl', () => {
  it('takes a duration with its unit, from the flag, the environment and the file', () => {
    expect(read('session-ttl', '90 min')).toBe(5_400_000);
    expect(settingsOfEnvironment({ REHEARSAL_SESSION_TTL: '2 h' })).toEqual({ sessionTtl: 7_200_000 });
    expect(settingsOfFile({ 'session-ttl': '1 d' }, 'f')).toEqual({ sessionTtl: 86_400_000 });
  });

  it.each(['90', '0', '0 s', '-1 h', 'soon'])('refuses %s', (value) => {
    expect(() => read('session-ttl', value)).toThrow(`--session-ttl: expected a duration over 0 with its unit, such as \`24 h\` or \`30 min\`, got ${value.includes(' ') ? JSON.stringify(value) : value}`);
  });
});

describe('--allow-callback', () => {
  it.each(['partner.test', 'partner.test:8443', '*.example.com', '*.example.com:443', '10.0.0.7', '[::1]:8080', '::1', 'localhost:9'])('takes %s', (value) => {
    expect(read('allow-callback', [value])).toEqual([value]);
  });

  it('comes more than once, in the environment between commas, in the file as a list', () => {
    expect(settingsOfEnvironment({ REHEARSAL_ALLOW_CALLBACK: 'a.test, b.test:81' })).toEqual({ allowCallback: ['a.test', 'b.test:81'] });
    expect(settingsOfFile({ 'allow-callback': ['a.test', '*.b.test'] }, 'f')).toEqual({ allowCallback: ['a.test', '*.b.test'] });
  });

  it.each(['https://partner.test', 'partner.test/hook', 'partner.test:99999', '*', 'a b', '', 'user@partner.test'])('refuses %s and says what it takes', (value) => {
    expect(() => read('allow-callback', [value])).toThrow(UsageProblem);
    expect(() => read('allow-callback', [value])).toThrow('--allow-callback: expected a host such as `partner.test`, `partner.test:8443`, `*.example.com`');
  });
});

describe('--clock', () => {
  it('is UTC unless it names an offset, on whatever machine', () => {
    expect([read('clock', '2026-11-01T12:00:00'), read('clock', '2026-11-01T12:00:00Z'), read('clock', '2026-11-01T13:00:00+01:00')]).toEqual(Array(3).fill(Date.UTC(2026, 10, 1, 12)));
  });

  it.each(['2026-02-30', '2026-13-01', 'yesterday', '10000-01-01'])('refuses %s', (value) => {
    expect(() => read('clock', value)).toThrow(`--clock: expected a time such as \`2026-11-01T12:00:00Z\` (ISO 8601), got ${value}`);
  });
});

describe('options that switch something off', () => {
  it('are told by their own name, or by the name of what they switch off', () => {
    expect(settingsOfEnvironment({ REHEARSAL_NO_WATCH: 'true', REHEARSAL_NO_ADMIN: '0' })).toEqual({ watch: false, admin: true });
    expect(settingsOfEnvironment({ REHEARSAL_WATCH: 'false', REHEARSAL_ADMIN: '1' })).toEqual({ watch: false, admin: true });
    expect(settingsOfFile({ 'no-watch': true, admin: false }, 'f')).toEqual({ watch: false, admin: false });
    expect(settingsOfFile({ admin: 'off' }, 'f')).toEqual({ admin: false });
  });

  it('refuse what is neither true nor false', () => {
    expect(() => settingsOfFile({ watch: 'maybe' }, 'f')).toThrow('f: `watch`: expected `true` or `false`, got maybe');
    expect(() => settingsOfEnvironment({ REHEARSAL_ADMIN: 'maybe' })).toThrow('REHEARSAL_ADMIN: expected `true` or `false`, got maybe');
  });
});
