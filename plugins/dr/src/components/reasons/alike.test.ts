import { reason } from '../../fixtures/applications.ts';
import { tellOnce } from './alike.ts';

const drill = (component: string) => reason('NEVER_DRILLED', 'warning', `${component} was never restored`, { component });

describe('reasons that several components share', () => {
  it('are told once from three components on, at the place of the first, worst first', () => {
    const breach = reason('RPO_BREACHED', 'critical', 'b is old', { component: 'b' });
    const told = tellOnce([drill('a'), drill('b'), breach, drill('c')]);
    expect(told).toEqual([
      { reason: breach, alsoOf: [] },
      { reason: drill('a'), alsoOf: ['b', 'c'] },
    ]);
  });

  it('stay apart when two only share them, or when they are about the whole application', () => {
    expect(tellOnce([drill('a'), drill('b')])).toHaveLength(2);
    const whole = reason('NO_POLICY', 'warning', 'none');
    expect(tellOnce([whole, whole, whole])).toHaveLength(3);
  });

  it('are not mixed with the same code of another severity', () => {
    const info = { ...drill('c'), severity: 'info' as const };
    expect(tellOnce([drill('a'), drill('b'), info])).toHaveLength(3);
  });
});
