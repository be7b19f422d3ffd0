import request from 'supertest';
import { beforeEach, describe, expect, it } from 'vitest';
import { createAdmin } from '../../src/admin/create-admin.ts';
import { FakeControl } from './fake-control.ts';

let control: FakeControl;
let api: ReturnType<typeof request>;
beforeEach(() => {
  control = new FakeControl();
  api = request(createAdmin(control, { token: null, hosts: [] }));
});

const put = (body: unknown) => api.put('/_rehearsal/clock').set('Content-Type', 'application/json').send(JSON.stringify(body));

describe('the clock', () => {
  it('tells the time', async () => {
    expect((await api.get('/_rehearsal/clock')).body).toEqual({ now: '2026-01-01T00:00:00.000Z', frozen: false, offsetMs: 0 });
  });

  it.each([
    [{ freeze: true }, { now: '2026-01-01T00:00:00.000Z', frozen: true, offsetMs: 0 }],
    [{ freeze: '2030-05-06T07:08:09Z' }, { now: '2030-05-06T07:08:09.000Z', frozen: true }],
    [{ set: '2030-05-06T07:08:09+02:00' }, { now: '2030-05-06T05:08:09.000Z', frozen: false }],
    [{ set: '2030-05-06' }, { now: '2030-05-06T00:00:00.000Z', frozen: false }],
    [{ set: '2030-05-06T07:08:09Z', freeze: true }, { now: '2030-05-06T07:08:09.000Z', frozen: true }],
    [{ advance: '5 s' }, { now: '2026-01-01T00:00:05.000Z', frozen: false, offsetMs: 5000 }],
    [{ advance: '2 d', freeze: true }, { now: '2026-01-03T00:00:00.000Z', frozen: true }],
    [{ advance: 250 }, { now: '2026-01-01T00:00:00.250Z', offsetMs: 250 }],
    [{ advance: 0 }, { offsetMs: 0 }],
    [{ freeze: false }, { frozen: false, offsetMs: 0 }],
    [{ reset: true }, { now: '2026-01-01T00:00:00.000Z', frozen: false, offsetMs: 0 }],
    [{ reset: true, freeze: true }, { now: '2026-01-01T00:00:00.000Z', frozen: true }],
  ])('takes %j', async (body, answer) => {
    const { status, body: state } = await put(body);
    expect(status).toBe(200);
    expect(state).toMatchObject(answer);
  });

  it.each([
    [{}, 'there is nothing in it. It takes `freeze`, `set`, `advance`, `reset`'],
    [{ advance: '-5 s' }, 'got "-5 s". Use `set` to go back'],
    [{ advance: -1 }, 'got -1. Use `set` to go back'],
    [{ advance: 1.5 }, 'or whole milliseconds, got 1.5'],
    [{ advance: '5' }, '`advance`: expected a duration such as `5 s`'],
    [{ advance: '5 parsecs' }, '`advance`'], [{ advance: null }, '`advance`'],
    [{ set: 'tomorrow' }, '`set`: expected a time such as `2026-11-01T12:00:00Z` (ISO 8601), got tomorrow'],
    [{ set: '2026-13-01' }, '`set`'], [{ set: '2026-02-30' }, '`set`: expected a time'], [{ set: 5 }, '`set`'], [{ set: '+275760-09-13T00:00:00Z' }, '`set`'],
    [{ freeze: 'now' }, '`freeze`: expected true, false or a time'], [{ freeze: 1 }, '`freeze`'],
    [{ reset: false }, '`reset`: expected true, got false'],
    [{ set: '2026-01-01', advance: '5 s' }, 'each say what time it becomes'],
    [{ freeze: '2026-01-01', set: '2026-01-02' }, 'each say what time it becomes'],
    [{ reset: true, advance: '5 s' }, 'each say what time it becomes'],
    [{ frezee: true }, 'Did you mean `freeze`?'],
    [{ advance: 1e15 }, 'beyond the years 1 to 9999'],
    [[], 'must be a JSON object'],
  ])('refuses %j and changes nothing', async (body, words) => {
    const { status, body: problem } = await put(body);
    expect(status).toBe(400);
    expect(problem.detail).toContain(words);
    expect(control.time.state()).toMatchObject({ frozen: false, offsetMs: 0 });
  });
});
