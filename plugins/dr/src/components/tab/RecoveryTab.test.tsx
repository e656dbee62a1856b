import { paths } from '@kubectl-dr/backstage-plugin-dr-common';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { shop } from '../../fixtures/applications.ts';
import { now } from '../../fixtures/clock.ts';
import { clusters } from '../../fixtures/fleet.ts';
import { drilled, drilledOnWest, operationsByState, planOf } from '../../fixtures/plans.ts';
import { shopPoints } from '../../fixtures/points.ts';
import type { Portal } from '../../fixtures/portal.ts';
import { entity, renderWithPortal, usePortal } from '../../testing/render.tsx';
import { applicationPath } from '../../testing/server.ts';
import { RecoveryTab } from './RecoveryTab.tsx';

const portalOf: Portal = {
  statuses: { 'system:default/shop': { kind: 'ready', application: shop } },
  points: shopPoints,
  plan: planOf(),
};

describe('the recovery tab', () => {
  const portal = usePortal();
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now });
    window.history.replaceState(null, '', '/');
  });
  afterEach(() => vi.useRealTimers());

  it('chooses a point with the keyboard alone, and restores just that', async () => {
    const asked = portal.answers(portalOf);
    renderWithPortal(<RecoveryTab />, { on: entity('shop') });
    const lane = await screen.findByRole('listbox', { name: /Recovery points of orders-db/ });
    lane.focus();
    const active = () => document.getElementById(lane.getAttribute('aria-activedescendant')!)!;
    await waitFor(() => expect(active()).not.toBeNull());
    expect(active()).toHaveAccessibleName(/Not usable, shop-daily-20261123/);
    await userEvent.keyboard('{ArrowLeft}');
    expect(active()).toHaveAccessibleName(/Usable, shop-daily-20261122/);
    await userEvent.keyboard('{Home}{End}{ArrowLeft}{Enter}');
    const details = await screen.findByRole('region', { name: 'Chosen point: shop-daily-20261122' });
    expect(within(details).getByText('orders-db: Usable')).toBeInTheDocument();
    expect(active()).toHaveAttribute('aria-selected', 'true');
    await userEvent.click(within(details).getByRole('button', { name: 'Restore this point' }));
    await waitFor(() =>
      expect(asked.find(({ path }) => path === applicationPath(paths.plans, 'shop'))?.body).toMatchObject({
        point: 'velero/east/velero/shop-daily-20261122',
        components: ['web', 'orders', 'queue', 'orders-db'],
      }),
    );
  });

  it('says why a point is not usable, and offers only the components for which it is', async () => {
    portal.answers(portalOf);
    renderWithPortal(<RecoveryTab />, { on: entity('shop') });
    const lane = await screen.findByRole('listbox', { name: /Recovery points of orders-db/ });
    lane.focus();
    await waitFor(() => expect(lane).toHaveAttribute('aria-activedescendant'));
    await userEvent.keyboard('{Enter}');
    const details = await screen.findByRole('region', { name: 'Chosen point: shop-daily-20261123' });
    expect(within(details).getByText('data-orders-db-0 is not in it')).toBeInTheDocument();
  });

  it('opens the operation of the address, newest on top', async () => {
    window.history.replaceState(null, '', '/?operation=op-failed');
    portal.answers({ ...portalOf, operations: [operationsByState.Succeeded, operationsByState.Failed] });
    renderWithPortal(<RecoveryTab />, { on: entity('shop') });
    expect(await screen.findByText('Restore orders-db failed: the location default is unavailable.')).toBeVisible();
    expect(screen.queryByText('shop is back in shop-copy.')).toBeNull();
  });

  it('shows an operation that is not in the list (any more)', async () => {
    window.history.replaceState(null, '', '/?operation=op-1');
    portal.answers({ ...portalOf, operations: [], operation: () => operationsByState.Succeeded });
    renderWithPortal(<RecoveryTab />, { on: entity('shop') });
    expect(await screen.findByText('shop is back in shop-copy.')).toBeInTheDocument();
  });

  it('draws what needs what: read in the order in which users meet it, with verdict and needs in words', async () => {
    portal.answers(portalOf);
    renderWithPortal(<RecoveryTab />, { on: entity('shop') });
    const graph = await screen.findByRole('region', { name: 'What needs what' });
    const boxes = within(graph).getAllByRole('listitem');
    expect(boxes.map((box) => box.textContent)).toEqual([
      'webProtected, needs orders',
      'recommenderProtected, needs orders',
      'ordersProtected, needs orders-db, queue',
      'orders-dbBreached',
      'queueAt risk',
    ]);
    expect(graph.querySelectorAll('path[marker-end]')).toHaveLength(4);
    expect(within(graph).getByRole('link', { name: /^orders-db/ })).toHaveAttribute('href', '/catalog/default/resource/orders-db/recovery');
  });

  it('tells whither each volume is copied, how far behind, and what a failover would lose now', async () => {
    portal.answers(portalOf);
    renderWithPortal(<RecoveryTab />, { on: entity('shop') });
    const row = (await screen.findByText('east → west')).closest('tr')!;
    expect(row).toHaveTextContent('copied every 5m');
    expect(within(row).getByRole('meter', { name: 'A failover now would lose' })).toHaveAttribute('aria-valuenow', '420');
  });

  it('shows a stage of a copy or of a point that is newer than us as the text that it is', async () => {
    const [first] = shopPoints as [(typeof shopPoints)[number]];
    const newer = structuredClone(shop);
    const copy = newer.status.components.flatMap(({ replications }) => replications)[0]!;
    const end = { id: 'x', name: 'x', paused: false, phase: 'Unknown' };
    copy.status = {
      ...copy.status,
      phase: 'Unknown',
      ends: [
        { ...end, role: 'source', cluster: 'east', nativePhase: 'Hibernating' },
        { ...end, role: 'target', cluster: 'west', nativePhase: 'Contemplating' },
      ],
    };
    portal.answers({
      ...portalOf,
      statuses: { 'system:default/shop': { kind: 'ready', application: newer } },
      points: [{ ...first, status: { ...first.status, phase: 'Unknown', nativePhase: 'Defrosting' } }],
    });
    renderWithPortal(<RecoveryTab />, { on: entity('shop') });
    expect(await screen.findByText('Hibernating, Contemplating')).toBeInTheDocument();
    const lane = await screen.findByRole('listbox', { name: /Recovery points of orders-db/ });
    lane.focus();
    await waitFor(() => expect(lane).toHaveAttribute('aria-activedescendant'));
    await userEvent.keyboard('{Enter}');
    expect(await screen.findByText('Defrosting')).toBeInTheDocument();
  });

  it('tells what drills have measured, and begins one that is planned as such', async () => {
    const asked = portal.answers({ ...portalOf, operations: [drilled] });
    renderWithPortal(<RecoveryTab />, { on: entity('shop') });
    const entry = (await screen.findByRole('button', { name: 'Drill of orders-db' })).closest('li')!;
    expect(entry).toHaveTextContent(/back in 4m \(objective met\), would have lost 120m \(objective missed\), nothing is left of it/);
    await userEvent.click(screen.getByRole('button', { name: 'Run a drill' }));
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).getByRole('radio', { name: 'As a drill' })).toBeChecked();
    await waitFor(() =>
      expect(asked.find(({ path }) => path === applicationPath(paths.plans, 'shop'))?.body).toMatchObject({ intent: 'Drill' }),
    );
    expect(asked.find(({ path }) => path === applicationPath(paths.plans, 'shop'))?.body).not.toHaveProperty('mode');
    expect(within(dialog).queryByLabelText(/Type the name/)).toBeNull();
    await waitFor(() => expect(within(dialog).getByRole('button', { name: 'Run a drill' })).toBeEnabled());
  });

  it('names the components that no drill has brought back, and says never only where there is none that was', async () => {
    const proven = (...names: string[]) => ({
      ...shop,
      status: {
        ...shop.status,
        rto: {},
        components: shop.status.components.map((one) => ({
          ...one,
          rto: names.includes(one.name) ? { provenAt: '2026-11-22T00:00:00Z' } : {},
        })),
      },
    });
    const shown = (application: typeof shop) => {
      portal.answers({ ...portalOf, statuses: { 'system:default/shop': { kind: 'ready', application } } });
      return renderWithPortal(<RecoveryTab />, { on: entity('shop') });
    };
    const part = shown(proven(...shop.status.components.map(({ name }) => name).filter((name) => name !== 'queue')));
    expect(await screen.findByText('Not brought back as a test yet: queue.')).toBeInTheDocument();
    part.unmount();
    shown(proven());
    expect(await screen.findByText('It was never brought back as a test.')).toBeInTheDocument();
  });

  it('shows which points belong together, how far apart they are and what going back loses, and goes back to such a set', async () => {
    const asked = portal.answers(portalOf);
    renderWithPortal(<RecoveryTab />, { on: entity('shop') });
    const lane = await screen.findByRole('listbox', { name: /Sets of points that belong together/ });
    lane.focus();
    const active = () => document.getElementById(lane.getAttribute('aria-activedescendant')!)!;
    await waitFor(() => expect(active()).not.toBeNull());
    expect(active()).toHaveAccessibleName(/components 4h30m apart/);
    await userEvent.keyboard('{Enter}');
    const details = await screen.findByRole('region', { name: /^Chosen set: set-\d{8}-\d{6}$/ });
    expect(within(details).getByText('4h30m apart; no policy says how much is allowed')).toBeInTheDocument();
    expect(within(details).getByText(/^orders-db: shop-daily-20261122 on east, of .*, would lose 5h$/)).toBeInTheDocument();
    expect(within(details).getByText(/^web: shop-daily-20261123 on east, of .*, would lose 30m$/)).toBeInTheDocument();
    expect(within(details).getByText('recommender: no usable point')).toBeInTheDocument();
    await userEvent.click(within(details).getByRole('button', { name: 'Restore this set' }));
    const dialog = await screen.findByRole('dialog');
    const name = details.getAttribute('aria-label')!.split(' ').at(-1)!;
    await waitFor(() =>
      expect(asked.find(({ path }) => path === applicationPath(paths.plans, 'shop'))?.body).toMatchObject({ point: name }),
    );
    expect(await within(dialog).findByRole('button', { name: /Together, .*: loses 5h, components 4h30m apart/ })).toBeInTheDocument();
  });

  it('lets a drill be tried on another cluster, of the newest that has arrived there', async () => {
    const asked = portal.answers({ ...portalOf, clusters, operations: [drilledOnWest] });
    renderWithPortal(<RecoveryTab />, { on: entity('shop') });
    expect((await screen.findByRole('button', { name: 'Drill of orders-db' })).closest('li')).toHaveTextContent(/, on west, back in 4m/);
    await userEvent.click(screen.getByRole('button', { name: 'Run a drill' }));
    const dialog = await screen.findByRole('dialog');
    await userEvent.click(await within(dialog).findByRole('button', { name: /the cluster where it runs/ }));
    await userEvent.click(await screen.findByRole('option', { name: 'west' }));
    await waitFor(() =>
      expect(asked.findLast(({ path }) => path === applicationPath(paths.plans, 'shop'))?.body).toMatchObject({
        intent: 'Drill',
        on: 'west',
      }),
    );
    expect(within(dialog).getByText(/what has arrived at west/)).toBeInTheDocument();
  });
});
