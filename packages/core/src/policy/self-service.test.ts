import type { Policy } from './model.ts';
import { defaultSelfService, rightFor, selfServiceFor } from './self-service.ts';

const change = (action: string) => ({ action }) as never;
const step = (kind: string) => ({ action: { kind } }) as never;
const restore = { intent: 'Restore', mode: 'inPlace', changes: [], waves: [] } as const;

describe('the right that a plan needs', () => {
  it.each([
    [{ ...restore, intent: 'Backup' }, 'backup'],
    [{ ...restore, mode: 'clone', changes: [change('create')] }, 'clone'],
    [{ intent: 'Restore', changes: [], waves: [] }, 'clone'],
    [{ ...restore, intent: 'Drill' }, 'clone'],
    [{ ...restore, intent: 'Failover' }, 'failover'],
    [{ ...restore, intent: 'Relocate' }, 'failover'],
    [{ ...restore, changes: [change('create'), change('leave')] }, 'restore'],
    [{ ...restore, changes: [change('create'), change('change')] }, 'restoreInPlace'],
    [{ ...restore, changes: [change('remove')] }, 'restoreInPlace'],
    [{ ...restore, mode: 'dataOnly', waves: [[step('volume.keep')]] }, 'restoreInPlace'],
  ] as const)('%j needs %s', (plan, right) => expect(rightFor(plan as never)).toBe(right));
});

describe('who may execute it', () => {
  const policy = (selfService: Partial<Policy['selfService']>) => ({ selfService: { ...defaultSelfService, ...selfService } }) as Policy;
  const inPlace = { ...restore, changes: [change('change')] } as never;

  it('is what the defaults say where there is no policy', () => {
    expect(selfServiceFor(inPlace, [undefined])).toBe('approval');
    expect(selfServiceFor(inPlace, [])).toBe('approval');
    expect(selfServiceFor({ ...restore, intent: 'Failover' } as never, [undefined])).toBe('operator');
  });

  it('is what the strictest policy of all components says', () => {
    const lax = policy({ restoreInPlace: 'owner' });
    expect(selfServiceFor(inPlace, [lax])).toBe('owner');
    expect(selfServiceFor(inPlace, [lax, policy({ restoreInPlace: 'operator' }), undefined])).toBe('operator');
  });
});
