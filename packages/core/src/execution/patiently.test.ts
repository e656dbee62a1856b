import { ConflictError, DrError, ServiceUnavailableError } from '../errors.ts';
import { FakeClock } from '../testing/clock.ts';
import { Patient, isPassing, type Patience } from './patiently.ts';

const silent = (details?: Record<string, unknown>, code?: DrError['code']) =>
  new ServiceUnavailableError('east refused the connection', {
    cluster: 'east',
    hint: 'is it up?',
    ...(code && { code }),
    ...(details && { details }),
  });

function world(parts: Partial<Patience> = {}) {
  const clock = new FakeClock('2026-01-15T12:00:00Z', { auto: true });
  const told: string[] = [];
  const leave = new AbortController();
  const patient = new Patient({
    clock,
    signal: leave.signal,
    mayPass: isPassing,
    onOutage: async (error, outage) => void told.push(outage.told(error, 'west')),
    ...parts,
  });
  const seconds = (): number => (clock.now().getTime() - Date.parse('2026-01-15T12:00:00Z')) / 1000;
  /** Fails with what `at` gives for the seconds that have passed, and else ends. */
  const failing = (at: (passed: number) => Error | undefined) => async (): Promise<string> => {
    const error = at(seconds());
    if (error) throw error;
    return 'done';
  };
  return { clock, told, leave, patient, seconds, failing };
}

it('waits minutes for a cluster that does not answer, and says for how long', async () => {
  const { patient, failing, told } = world();
  expect(await patient.try(failing((passed) => (passed < 120 ? silent() : undefined)))).toBe('done');
  expect(told[0]).toBe('waiting for east to answer for 2s, at most 5m: east refused the connection');
  expect(told.at(-1)).toContain('for 117s, at most 5m');
});

it('says nothing of a blip', async () => {
  const { patient, failing, told } = world();
  expect(await patient.try(failing((passed) => (passed < 1 ? silent() : undefined)))).toBe('done');
  expect(told).toEqual([]);
});

it('gives up after that, saying so, with what to do next', async () => {
  const { patient, failing, seconds } = world();
  await expect(patient.try(failing(() => silent()))).rejects.toMatchObject({
    message: 'east refused the connection (waited for 5m)',
    code: 'CLUSTER_UNREACHABLE',
    cluster: 'east',
    hint: 'is it up?',
  });
  expect(seconds()).toBe(300);
});

it.each<[string, Error]>([
  ['a conflict', new ConflictError('somebody else wrote')],
  ['a server that says that it failed', silent({ status: 500 }, 'CLUSTER_ERROR')],
  ['an engine that is down', silent({}, 'ENGINE_DOWN')],
])('tries again for seconds only after %s', async (_, error) => {
  const { patient, failing, seconds, told } = world();
  await expect(patient.try(failing(() => error))).rejects.toBe(error);
  expect([seconds(), told]).toEqual([7.5, []]);
});

it.each([502, 503, 504])('takes a gateway that answers %s for a silent cluster', async (status) => {
  const { patient, failing } = world();
  expect(await patient.try(failing((passed) => (passed < 60 ? silent({ status }, 'CLUSTER_ERROR') : undefined)))).toBe('done');
});

it('does not try again what cannot pass', async () => {
  const { patient, failing, seconds } = world();
  const error = new DrError('NotAllowedError', 'FORBIDDEN', 'you may not');
  await expect(patient.try(failing(() => error))).rejects.toBe(error);
  expect(seconds()).toBe(0);
});

it('stops waiting when it is told to', async () => {
  const { patient, failing, leave, clock } = world();
  const waiting = patient.try(failing(() => silent()));
  await clock.sleep(60_000);
  leave.abort(new Error('cancelled'));
  await expect(waiting).rejects.toThrow('cancelled');
});

it('begins anew for a later outage, when there were news of an attempt that went on', async () => {
  const { patient, clock, seconds } = world();
  const waited: boolean[] = [];
  const done = await patient.try(async () => {
    const minute = seconds() / 60;
    if (minute < 4 || (minute > 5 && minute < 9)) throw silent();
    await clock.sleep(20_000);
    waited.push(patient.goesOn());
    await clock.sleep(60_000);
    if (seconds() < 540) throw silent();
    return 'done';
  });
  expect([done, waited]).toEqual(['done', [true, true]]);
});

it('takes no news from before the first request of an attempt for an answer', async () => {
  const { patient, seconds } = world();
  const work = async (): Promise<never> => {
    expect(patient.goesOn()).toBe(false);
    throw silent();
  };
  await expect(patient.try(work)).rejects.toThrow('waited for 5m');
  expect(seconds()).toBe(300);
});
