import { mockApis } from '@backstage/frontend-test-utils';
import { paths } from '@kubectl-dr/backstage-plugin-dr-common';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { inState, otherMay, shop } from '../../fixtures/applications.ts';
import { now as fixtureNow } from '../../fixtures/clock.ts';
import { operation, operationsByState, planOf } from '../../fixtures/plans.ts';
import { shopPoints } from '../../fixtures/points.ts';
import { type Portal, Refusal } from '../../fixtures/portal.ts';
import { entity, renderWithPortal, usePortal } from '../../testing/render.tsx';
import { applicationPath } from '../../testing/server.ts';
import { StatusCard } from '../card/StatusCard.tsx';

const plansPath = applicationPath(paths.plans, 'shop');
const operationsPath = `/api/dr${paths.operations}`;
const portalOf = (more: Portal): Portal => ({
  statuses: { 'system:default/shop': { kind: 'ready', application: shop } },
  points: shopPoints,
  plan: planOf(),
  ...more,
});

describe('one-click restore', () => {
  const portal = usePortal();
  beforeEach(() => window.history.replaceState(null, '', '/'));
  const open = async () => {
    await userEvent.click(await screen.findByRole('button', { name: 'Restore' }));
    return screen.findByRole('dialog');
  };
  const now = () => screen.getByRole('button', { name: 'Restore now' });
  const ready = () => waitFor(() => expect(now()).toBeEnabled());

  it('plans the safe default while it opens, so that one press starts it, and then follows it', async () => {
    let polls = 0;
    const asked = portal.answers(
      portalOf({
        start: operation('op-1', { state: 'Pending', steps: [] }),
        operation: () => ((polls += 1) < 2 ? operation('op-1') : { ...operationsByState.Succeeded, metadata: { name: 'op-1' } }),
      }),
    );
    const analytics = mockApis.analytics();
    renderWithPortal(<StatusCard />, { on: entity('shop'), analytics });
    const dialog = await open();
    await ready();
    expect(within(dialog).getByText(/Nothing is lost/)).toBeInTheDocument();
    await userEvent.click(now());
    expect(await screen.findByText('40 of 100 objects')).toBeInTheDocument();
    expect(await screen.findByText('shop is back in shop-copy.', {}, { timeout: 5000 })).toBeInTheDocument();

    expect(asked.filter(({ path }) => path === plansPath)).toMatchObject([
      { body: { intent: 'Restore', mode: 'clone', components: ['web', 'orders', 'orders-db', 'queue', 'recommender'] } },
    ]);
    const starts = asked.filter(({ method, path }) => method === 'POST' && path === operationsPath);
    expect(starts).toMatchObject([{ body: { plan: { id: planOf().spec.id, hash: planOf().spec.hash } } }]);
    expect(starts[0]!.key).toMatch(/^[0-9a-f]{32}$/);
    expect(analytics.getEvents().map(({ action, subject }) => `${action} ${subject}`)).toEqual(
      expect.arrayContaining(['open dr restore dialog', 'restore shop']),
    );
  });

  it('plans again at once when a point of the timeline or a box of the graph is pressed', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: fixtureNow });
    onTestFinished(() => void vi.useRealTimers());
    const asked = portal.answers(portalOf({}));
    renderWithPortal(<StatusCard />, { on: entity('shop') });
    const dialog = await open();
    await ready();
    const last = () => asked.filter(({ path }) => path === plansPath).at(-1)?.body as { components: string[]; point?: string };
    const graph = within(dialog).getByRole('region', { name: 'What needs what' });
    const queue = within(graph).getByRole('button', { name: /^queue/ });
    expect(queue).toHaveAttribute('aria-pressed', 'true');
    await userEvent.click(queue);
    await waitFor(() => expect(last().components).toEqual(['web', 'orders', 'orders-db', 'recommender']));
    expect(queue).toHaveAttribute('aria-pressed', 'false');
    expect(within(dialog).getByRole('checkbox', { name: 'queue' })).not.toBeChecked();
    await userEvent.click(within(dialog).getAllByRole('option', { name: /shop-daily-20261122/ })[0]!);
    await waitFor(() => expect(last().point).toBe('velero/east/velero/shop-daily-20261122'));
  });

  it('offers what the command line has a flag for as a choice, in words of its own', async () => {
    const warning = {
      code: 'DEPENDENTS_KEEP_RUNNING',
      severity: 'info',
      message: 'web keeps running',
      fix: 'restart: --restart-dependents',
    };
    const asked = portal.answers(portalOf({ plan: planOf({ warnings: [warning as never] }) }));
    renderWithPortal(<StatusCard />, { on: entity('shop') });
    const dialog = await open();
    await ready();
    expect(within(dialog).getByText(/choose above to restart them/)).toBeInTheDocument();
    expect(dialog.textContent).not.toMatch(/--[a-z]/);
    await userEvent.click(within(dialog).getByRole('radio', { name: 'In place' }));
    await userEvent.click(within(dialog).getByRole('checkbox', { name: 'Restart what depends on what goes back' }));
    const last = () => asked.filter(({ path }) => path === plansPath).at(-1)?.body;
    await waitFor(() => expect(last()).toMatchObject({ mode: 'inPlace', restartDependents: true }));
  });

  it('plans again when something else is chosen', async () => {
    const asked = portal.answers(portalOf({}));
    renderWithPortal(<StatusCard />, { on: entity('shop') });
    await open();
    await ready();
    await userEvent.click(screen.getByRole('checkbox', { name: 'recommender' }));
    expect(now()).toBeDisabled();
    await waitFor(() => expect(asked.filter(({ path }) => path === plansPath)).toHaveLength(2));
    await ready();
    await userEvent.type(screen.getByLabelText(/Into the namespace/), 'mine');
    await waitFor(() => expect(asked.at(-1)?.body).toMatchObject({ namespace: 'mine' }));
    expect(asked.filter(({ path }) => path === plansPath)[1]!.body).toMatchObject({ components: ['web', 'orders', 'orders-db', 'queue'] });
    await ready();
  });

  it('asks for nothing when no component is left', async () => {
    portal.answers({
      ...portalOf({ plan: planOf() }),
      statuses: { 'system:default/shop': { kind: 'ready', application: shop, component: 'queue' } },
    });
    renderWithPortal(<StatusCard />, { on: entity('shop') });
    await open();
    await ready();
    await userEvent.click(screen.getByRole('checkbox', { name: 'queue' }));
    expect(await screen.findByText('Choose at least one component.')).toBeInTheDocument();
    expect(now()).toBeDisabled();
  });

  it('starts nothing twice: the key belongs to the plan, also after an answer that was lost', async () => {
    let calls = 0;
    const asked = portal.answers(
      portalOf({
        start: () =>
          (calls += 1) === 1 ? new Refusal(502, { name: 'ServiceUnavailableError', message: 'bad gateway' }) : operation('op-1'),
        operation: () => operation('op-1'),
      }),
    );
    renderWithPortal(<StatusCard />, { on: entity('shop') });
    await open();
    await ready();
    await userEvent.click(now());
    expect(await screen.findByText('bad gateway')).toBeInTheDocument();
    await ready();
    await userEvent.click(now());
    expect(await screen.findByText('40 of 100 objects')).toBeInTheDocument();
    const keys = asked.filter(({ method, path }) => method === 'POST' && path === operationsPath).map(({ key }) => key);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
  });

  it('shows what would happen now when the plan had gone stale, and waits for another press', async () => {
    let calls = 0;
    const asked = portal.answers(
      portalOf({
        plan: () => planOf({ id: `plan-${(calls += 1)}` }),
        start: new Refusal(409, { name: 'ConflictError', code: 'PLAN_STALE', message: 'a newer point exists' }),
      }),
    );
    renderWithPortal(<StatusCard />, { on: entity('shop') });
    await open();
    await ready();
    await userEvent.click(now());
    expect(await screen.findByText(/Something changed since this was computed/)).toBeInTheDocument();
    await ready();
    expect(asked.filter(({ path }) => path === plansPath)).toHaveLength(2);
    expect(asked.filter(({ method, path }) => method === 'POST' && path === operationsPath)).toHaveLength(1);
  });

  it('names who holds the application when another operation runs', async () => {
    portal.answers(
      portalOf({
        start: new Refusal(409, {
          name: 'ConflictError',
          code: 'OPERATION_RUNNING',
          message: 'shop is held by operation op-9 of olivia@laptop',
          hint: 'kubectl dr wait op-9',
        }),
      }),
    );
    renderWithPortal(<StatusCard />, { on: entity('shop') });
    await open();
    await ready();
    await userEvent.click(now());
    expect(await screen.findByText('shop is held by operation op-9 of olivia@laptop')).toBeInTheDocument();
    expect(screen.getByText('kubectl dr wait op-9')).toBeInTheDocument();
  });

  it('cannot be pressed while something blocks it', async () => {
    portal.answers(portalOf({ plan: planOf({ blockers: [{ code: 'X', severity: 'blocker', message: 'no disk' }] }) }));
    renderWithPortal(<StatusCard />, { on: entity('shop') });
    await open();
    expect(await screen.findByText('no disk')).toBeInTheDocument();
    expect(now()).toBeDisabled();
  });

  it('comes back to its operation after a reload, and leaves the address clean when it is closed', async () => {
    window.history.replaceState(null, '', '/?operation=op-1');
    portal.answers(portalOf({ operations: [operation('op-1')] }));
    renderWithPortal(<StatusCard />, { on: entity('shop') });
    expect(await screen.findByText('40 of 100 objects')).toBeInTheDocument();
    await userEvent.click(screen.getAllByRole('button', { name: 'Close' }).at(-1)!);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(window.location.search).toBe('');
  });

  it('names after a reload what the operation is: a drill that was open is no restore', async () => {
    window.history.replaceState(null, '', '/?operation=op-1');
    portal.answers(portalOf({ operations: [operation('op-1', {}, { intent: 'Drill' })] }));
    renderWithPortal(<StatusCard />, { on: entity('shop') });
    const dialog = await screen.findByRole('dialog');
    expect(await within(dialog).findByRole('heading', { name: 'Drill of Shop' })).toBeInTheDocument();
    expect(within(dialog).queryByRole('heading', { name: /^Restore/ })).toBeNull();
  });

  it('is not offered to another team, nor where there is nothing to restore', async () => {
    portal.answers({
      statuses: {
        'system:default/shop': { kind: 'ready', application: { ...shop, allowed: otherMay } },
        'system:default/wiki': { kind: 'ready', application: inState.neverBackedUp },
      },
    });
    const other = renderWithPortal(<StatusCard />, { on: entity('shop') });
    expect(await screen.findByText(/You may look, but not restore/)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Restore' })).toBeNull();
    other.unmount();
    renderWithPortal(<StatusCard />, { on: entity('wiki') });
    expect(await screen.findByRole('button', { name: 'Restore' })).toBeDisabled();
  });
});

describe('restore in place', () => {
  const portal = usePortal();
  beforeEach(() => window.history.replaceState(null, '', '/'));
  const lost = [{ component: 'orders-db', seconds: 720, text: '12 minutes of orders-db' }];
  const open = async (mode: string) => {
    await userEvent.click(await screen.findByRole('button', { name: 'Restore' }));
    await screen.findByRole('dialog');
    await userEvent.click(await screen.findByRole('radio', { name: mode }));
  };

  it('says what is lost, wants the name typed, and asks for another person where the policy does', async () => {
    const asked = portal.answers(
      portalOf({
        plan: (body) => {
          const { mode } = body as { mode: 'clone' | 'inPlace' };
          return mode === 'clone' ? planOf() : planOf({ mode, dataLoss: lost }, 'approval');
        },
        start: operationsByState.WaitingForApproval,
        operation: () => operationsByState.WaitingForApproval,
      }),
    );
    renderWithPortal(<StatusCard />, { on: entity('shop') });
    await open('In place');
    expect(await screen.findByText('Lost for good without an undo: 12m of orders-db')).toBeInTheDocument();
    expect(screen.getByText('Another person has to approve this')).toBeInTheDocument();
    const request = screen.getByRole('button', { name: 'Request restore' });
    expect(request).toBeDisabled();
    await userEvent.type(screen.getByLabelText('Type the name shop to confirm'), 'sho');
    expect(request).toBeDisabled();
    await userEvent.type(screen.getByLabelText('Type the name shop to confirm'), 'p');
    await userEvent.type(screen.getByLabelText('Why (for the journal)'), 'bad release');
    await waitFor(() => expect(request).toBeEnabled());
    await userEvent.click(request);
    expect(await screen.findByText('Waiting for approval')).toBeInTheDocument();
    const starts = asked.filter(({ method, path }) => method === 'POST' && path === operationsPath);
    expect(starts).toMatchObject([{ body: { confirm: 'shop', reason: 'bad release' } }]);
    expect(asked.filter(({ path }) => path === plansPath).at(-1)!.body).toMatchObject({ mode: 'inPlace' });
  });

  it('is left to operators where the policy says so', async () => {
    portal.answers(portalOf({ plan: () => planOf({ mode: 'dataOnly' }, 'operator') }));
    renderWithPortal(<StatusCard />, { on: entity('shop') });
    await open('Data only');
    expect(await screen.findByText('Only operators may do this')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Restore in place' })).toBeDisabled();
  });
});
