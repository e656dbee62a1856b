import { paths } from '@kubectl-dr/backstage-plugin-dr-common';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { reason, shop } from '../../fixtures/applications.ts';
import { clusters, eastLost } from '../../fixtures/fleet.ts';
import { operation, partialPlan, planOf } from '../../fixtures/plans.ts';
import { shopPoints } from '../../fixtures/points.ts';
import type { Portal } from '../../fixtures/portal.ts';
import { entity, renderWithPortal, usePortal } from '../../testing/render.tsx';
import { applicationPath } from '../../testing/server.ts';
import { RecoveryTab } from '../tab/RecoveryTab.tsx';
import { readinessOf } from './readiness.ts';

const answering = clusters.map((cluster) => ({ ...cluster, status: { ...cluster.status, reachable: true, message: undefined } }));
const said = (key: string, values: Record<string, string> = {}) => `${key} ${Object.values(values).join(' ')}`.trim();

describe('readiness', () => {
  const states = (application = shop, known = answering) =>
    Object.fromEntries(readinessOf(application, known, 'west', said as never).map(({ id, state }) => [id, state]));

  it('tells of both sides, engines, copies, the newest point and the last proof', () => {
    expect(states()).toEqual({
      'source east': 'good',
      'target west': 'good',
      engines: 'bad',
      copies: 'bad',
      point: 'bad',
      proof: 'bad',
    });
    expect(readinessOf(shop, answering, 'west', said as never).find(({ id }) => id === 'copies')!.text).toBe('move.copies 1 2 west 3m');
  });

  it('counts no copy that does not go into the namespace as it is called there', () => {
    const mapping = { namespaces: { shop: 'shop-dr' } };
    const copies = (planned?: Parameters<typeof readinessOf>[4]) =>
      readinessOf(shop, answering, 'west', said as never, planned).find(({ id }) => id === 'copies')!.text;
    const copy = {
      component: 'orders-db',
      claim: 'data-orders-db-0',
      engine: 'volsync',
      from: 'east',
      to: 'west',
      name: 'd',
      namespace: 'shop-dr',
    };
    expect(copies({ mapping, copies: [] })).toBe('move.noCopies west');
    expect(copies({ mapping })).toBe('move.noCopies west');
    expect(copies({ mapping, copies: [copy] })).toBe('move.copies 1 2 west 3m');
    expect(copies({ mapping: { hosts: { a: 'b' } } })).toBe('move.copies 1 2 west 3m');
  });

  it('calls a side that does not answer not ready, with the words of the cluster', () => {
    const silent = readinessOf(shop, clusters, 'west', said as never).find(({ id }) => id === 'target west')!;
    expect(silent).toMatchObject({ state: 'bad', text: expect.stringContaining('ECONNREFUSED') });
    expect(states(shop, []).engines).toBe('unknown');
  });
});

describe('going on elsewhere', () => {
  const portal = usePortal();
  beforeEach(() => window.history.replaceState(null, '', '/'));
  const lost = [{ component: 'orders-db', seconds: 420, text: '7 minutes of orders-db' }];
  const failover = (more: object = {}, rule: 'owner' | 'approval' | 'operator' = 'owner') =>
    planOf({ intent: 'Failover', home: 'west', dataLoss: lost, ...more }, rule);
  const portalOf = (more: Portal): Portal => ({
    statuses: { 'system:default/shop': { kind: 'ready', application: shop } },
    points: shopPoints,
    clusters: eastLost,
    ...more,
  });
  const open = async () => {
    renderWithPortal(<RecoveryTab />, { on: entity('shop') });
    await userEvent.click(await screen.findByRole('button', { name: 'Go on elsewhere' }));
    return screen.findByRole('dialog');
  };
  const plans = (asked: readonly { path: string; body?: unknown }[]) =>
    asked.filter(({ path }) => path === applicationPath(paths.plans, 'shop')).map(({ body }) => body);

  it('says what would be lost first, how ready it is, and starts when the name was typed', async () => {
    const asked = portal.answers(portalOf({ plan: failover(), start: operation('op-1'), operation: () => operation('op-1') }));
    const dialog = await open();
    expect(await within(dialog).findByText(/7m of orders-db/)).toBeInTheDocument();
    const list = within(dialog).getByRole('list', { name: 'How ready it is' });
    expect(within(list).getByText(/1 of 2 volumes are copied to west/)).toBeInTheDocument();
    const now = within(dialog).getByRole('button', { name: 'Fail over now' });
    expect(now).toBeDisabled();
    await userEvent.type(within(dialog).getByLabelText('Type the name shop to confirm'), 'shop');
    await waitFor(() => expect(now).toBeEnabled());
    await userEvent.click(now);
    expect(await within(dialog).findByText('40 of 100 objects')).toBeInTheDocument();
    expect(plans(asked)).toEqual([{ intent: 'Failover', to: 'west' }]);
    expect(asked.find(({ method, path }) => method === 'POST' && path === `/api/dr${paths.operations}`)!.body).toMatchObject({
      confirm: 'shop',
    });
  });

  it('asks why the old copy cannot be running where nobody can see it, and plans with the answer', async () => {
    const risk = reason('SOURCE_MAY_BE_ALIVE', 'blocker', 'east does not answer, so its copy of shop may be running');
    const asked = portal.answers(
      portalOf({ plan: (body) => ((body as { override?: string }).override ? failover() : failover({ blockers: [risk] })) }),
    );
    const dialog = await open();
    expect(await within(dialog).findByText(/may be running/)).toBeInTheDocument();
    expect(within(dialog).getByRole('button', { name: 'Fail over now' })).toBeDisabled();
    await userEvent.type(within(dialog).getByLabelText('Why can the old copy not be running?'), 'rack 3 is off');
    await waitFor(() => expect(plans(asked).at(-1)).toMatchObject({ override: 'rack 3 is off' }));
    expect(await within(dialog).findByLabelText('Type the name shop to confirm')).toBeInTheDocument();
  });

  it('offers by name to go without what the target cannot run, and plans that or the whole again', async () => {
    const asked = portal.answers(portalOf({ plan: (body) => ((body as { without?: string[] }).without ? failover() : partialPlan) }));
    const dialog = await open();
    const choice = await within(dialog).findByRole('checkbox', { name: 'Fail over without recommender, which west cannot run' });
    expect(within(dialog).queryByLabelText('Type the name shop to confirm')).not.toBeInTheDocument();
    await userEvent.click(choice);
    expect(await within(dialog).findByLabelText('Type the name shop to confirm')).toBeInTheDocument();
    expect(plans(asked).at(-1)).toEqual({ intent: 'Failover', to: 'west', without: ['recommender'] });
    await userEvent.click(within(dialog).getByRole('checkbox', { name: /Fail over without recommender/ }));
    await waitFor(() => expect(plans(asked).at(-1)).toEqual({ intent: 'Failover', to: 'west' }));
    expect(await within(dialog).findByText(/no node of west offers 1 nvidia/)).toBeInTheDocument();
  });

  it('goes back to an older set, when it was accepted that newer data is left behind', async () => {
    const sets = [
      { moment: '2026-01-15T10:00:00.000Z', lossSeconds: 7_200, skewSeconds: 300 },
      { moment: '2026-01-15T02:00:00.000Z', lossSeconds: 36_000, skewSeconds: 0 },
    ];
    const left = reason('NEWER_DATA_LEFT', 'blocker', 'orders-db goes back to 02:00, and west has newer data of it', {
      fix: 'accept the loss: --accept-data-loss',
    });
    const asked = portal.answers(
      portalOf({
        plan: (body) => {
          const { point, acceptDataLoss } = body as { point?: string; acceptDataLoss?: boolean };
          return failover({ sets, ...(point !== undefined && !acceptDataLoss && { blockers: [left] }) });
        },
      }),
    );
    const dialog = await open();
    const accept = () => within(dialog).queryByRole('checkbox', { name: /newer data, which is there, is left behind/ });
    expect(await within(dialog).findByRole('button', { name: /With data of/ })).toBeInTheDocument();
    expect(accept()).toBeNull();
    await userEvent.click(within(dialog).getByRole('button', { name: /With data of/ }));
    expect(screen.getByRole('option', { name: /loses 120m, components up to 5m apart/ })).toBeInTheDocument();
    await userEvent.click(screen.getByRole('option', { name: /loses 10h/ }));
    expect(await within(dialog).findByText(/west has newer data of it/)).toBeInTheDocument();
    expect(within(dialog).getByText(/accept it above/)).toBeInTheDocument();
    expect(within(dialog).getByRole('button', { name: 'Fail over now' })).toBeDisabled();
    await userEvent.click(accept()!);
    await waitFor(() =>
      expect(plans(asked).at(-1)).toEqual({ intent: 'Failover', to: 'west', point: sets[1]!.moment, acceptDataLoss: true }),
    );
    await userEvent.type(await within(dialog).findByLabelText('Type the name shop to confirm'), 'shop');
    await waitFor(() => expect(within(dialog).getByRole('button', { name: 'Fail over now' })).toBeEnabled());
    // Of another set it has to be said anew.
    await userEvent.click(within(dialog).getByRole('button', { name: /With data of/ }));
    await userEvent.click(screen.getByRole('option', { name: /loses 120m/ }));
    await waitFor(() => expect(plans(asked).at(-1)).toEqual({ intent: 'Failover', to: 'west', point: sets[0]!.moment }));
    await waitFor(() => expect(accept()).not.toBeChecked());
  });

  it('maps what is called otherwise there: as the policy says, changed by hand, and planned at once', async () => {
    const policy = { storageClasses: { fast: 'gp3' } };
    const asked = portal.answers(
      portalOf({
        plan: (body) => {
          const { storageClasses, hosts } = body as { storageClasses?: object; hosts?: object };
          return failover({ mapping: { storageClasses: { ...policy.storageClasses, ...storageClasses }, ...(hosts && { hosts }) } });
        },
      }),
    );
    const dialog = await open();
    await userEvent.click(await within(dialog).findByRole('button', { name: /Called otherwise on west/ }));
    const there = within(dialog).getByLabelText('Storage classes: name on west');
    expect(within(dialog).getByLabelText('Storage classes: name here')).toHaveValue('fast');
    expect(there).toHaveValue('gp3');
    expect(plans(asked)).toEqual([{ intent: 'Failover', to: 'west' }]);

    await userEvent.clear(there);
    await userEvent.type(there, 'premium');
    await waitFor(() => expect(plans(asked).at(-1)).toEqual({ intent: 'Failover', to: 'west', storageClasses: { fast: 'premium' } }));
    await userEvent.click(within(dialog).getByRole('button', { name: 'Add: Hosts of Ingresses and routes' }));
    await userEvent.type(within(dialog).getByLabelText('Hosts of Ingresses and routes: name here'), '.east.example');
    expect(within(dialog).getByText(/both names are needed. With a dot/)).toBeInTheDocument();
    await userEvent.type(within(dialog).getByLabelText('Hosts of Ingresses and routes: name on west'), '.west.example');
    await waitFor(() =>
      expect(plans(asked).at(-1)).toEqual({
        intent: 'Failover',
        to: 'west',
        storageClasses: { fast: 'premium' },
        hosts: { '.east.example': '.west.example' },
      }),
    );
    // What the policy says and nobody wants is called there as it is here.
    await userEvent.click(within(dialog).getAllByRole('button', { name: 'Remove' })[0]!);
    await waitFor(() => expect(plans(asked).at(-1)).toMatchObject({ storageClasses: { fast: 'fast' } }));
  });

  it('takes another name of a namespace when it can be one, and shows the way back of the policy', async () => {
    const asked = portal.answers(
      portalOf({
        plan: (body) => failover({ mapping: { namespaces: { shop: 'shop-dr', ...(body as { namespaces?: object }).namespaces } } }),
      }),
    );
    const dialog = await open();
    await userEvent.click(await within(dialog).findByRole('button', { name: /Called otherwise on west/ }));
    const there = within(dialog).getByLabelText('Namespaces: name on west');
    expect(there).toHaveValue('shop-dr');
    await userEvent.clear(there);
    await userEvent.type(there, 'Blue');
    expect(within(dialog).getByText(/of lower case letters, digits and hyphens/)).toBeInTheDocument();
    await userEvent.clear(there);
    await userEvent.type(there, 'blue');
    await waitFor(() => expect(plans(asked).at(-1)).toEqual({ intent: 'Failover', to: 'west', namespaces: { shop: 'blue' } }));
    expect(plans(asked)).not.toContainEqual(expect.objectContaining({ namespaces: { shop: 'Blue' } }));
  });

  it('relocates where the source answers, plans anew what is chosen instead, and leaves it to operators where the policy does', async () => {
    const asked = portal.answers(portalOf({ clusters: answering, plan: failover({}, 'operator') }));
    const dialog = await open();
    expect(await within(dialog).findByText('Only operators may do this')).toBeInTheDocument();
    expect(plans(asked)).toEqual([{ intent: 'Relocate', to: 'west' }]);
    expect(within(dialog).getByRole('button', { name: 'Relocate now' })).toBeDisabled();
    await userEvent.click(within(dialog).getByRole('radio', { name: 'Fail over' }));
    await waitFor(() => expect(plans(asked).at(-1)).toMatchObject({ intent: 'Failover' }));
    expect(within(dialog).getByRole('button', { name: 'Fail over now' })).toBeDisabled();
  });

  it('does not say that there is nothing to copy where nobody can look', () => {
    const bare = {
      ...shop,
      status: { ...shop.status, components: shop.status.components.map((one) => ({ ...one, volumes: [], replications: [] })) },
    };
    const copies = (known: typeof clusters) => readinessOf(bare, known, 'west', said as never).find(({ id }) => id === 'copies');
    expect(copies(answering)).toEqual({ id: 'copies', state: 'good', text: 'move.noVolumes' });
    expect(copies(eastLost)).toMatchObject({ state: 'unknown', text: 'move.noCopies west' });
  });

  it('says so where there is no other cluster', async () => {
    portal.answers(portalOf({ clusters: [] }));
    expect(await within(await open()).findByText('There is no other cluster')).toBeInTheDocument();
  });
});
