import type { Operation } from '../../execution/model.ts';
import type { MovePlace } from './inputs.ts';
import { withoutReverse } from './reasons.ts';

const went = (requestedAt: string, more: { intent?: string; state?: string } = {}) =>
  ({
    requestedAt,
    state: more.state ?? 'Succeeded',
    plan: { application: 'shop', intent: more.intent ?? 'Failover' },
  }) as unknown as Operation;
const place = (capturedAt?: string) =>
  ({
    cluster: 'east',
    origin: { cluster: 'west' },
    parts: [
      {
        status: { component: { name: 'db' } },
        data: {
          kind: 'copy',
          claims: [{ claim: 'data-db-0', target: { namespace: 'shop', name: 'dr-shop' }, ...(capturedAt && { capturedAt }) }],
        },
      },
    ],
  }) as unknown as MovePlace;
const codes = (...given: Parameters<typeof withoutReverse>) => withoutReverse(...given).map(({ code }) => code);

describe('a failback', () => {
  const past = [went('2026-01-15T12:00:00Z'), went('2026-01-10T12:00:00Z', { intent: 'Relocate' })];

  it('waits until each volume has come back once since the application went', () => {
    expect(withoutReverse([place('2026-01-15T11:59:59Z')], past, 'shop')).toMatchObject([
      { code: 'FAILBACK_WITHOUT_REVERSE', severity: 'blocker', component: 'db', cluster: 'east', evidence: ['shop/dr-shop'] },
    ]);
    expect(codes([place()], past, 'shop')).toEqual(['FAILBACK_WITHOUT_REVERSE']);
    expect(codes([place('2026-01-15T12:00:00Z')], past, 'shop')).toEqual([]);
  });

  it('counts from the last move that succeeded, and of this application', () => {
    expect(codes([place('2026-01-12T00:00:00Z')], [went('2026-01-15T12:00:00Z', { state: 'Failed' }), past[1]!], 'shop')).toEqual([]);
    expect(codes([place()], past, 'blog')).toEqual([]);
  });
});
