import { screen } from '@testing-library/react';
import { now } from './fixtures/clock.ts';
import { states } from './fixtures/states.tsx';
import { violations } from './testing/axe.ts';
import { renderWithPortal, usePortal } from './testing/render.tsx';

describe('every state', () => {
  const portal = usePortal();
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now });
    window.history.replaceState(null, '', '/');
  });
  afterEach(() => vi.useRealTimers());

  it.each(states.map((state) => [state.name, state] as const))('%s says it in its own words and has nothing for axe', async (_, state) => {
    portal.answers(state.portal ?? {});
    renderWithPortal(state.element, { on: state.on });
    for (const words of state.says) expect((await screen.findAllByText(words)).length).toBeGreaterThan(0);
    expect(await violations(document.body)).toEqual([]);
    expect(document.querySelector('script, img[src="x"]')).toBeNull();
  });
});
