import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { application, inState, part, shop } from '../../fixtures/applications.ts';
import { clusters, locations } from '../../fixtures/fleet.ts';
import { operationsByState } from '../../fixtures/plans.ts';
import { renderWithPortal, usePortal } from '../../testing/render.tsx';
import { FleetPage } from './FleetPage.tsx';

const rows = () =>
  within(screen.getByRole('grid'))
    .getAllByRole('rowheader')
    .map((cell) => cell.textContent);
const all = [shop, inState.protected, inState.unreachable, inState.neverBackedUp];

describe('the fleet page', () => {
  const portal = usePortal();
  beforeEach(() => window.history.replaceState(null, '', '/dr'));

  it('keeps its filters in the address', async () => {
    portal.answers({ applications: all, clusters, locations });
    renderWithPortal(<FleetPage />);
    await waitFor(() => expect(rows()).toEqual(['Search', 'Wiki', 'Shop', 'Ledger']));
    const tile = screen.getByRole('button', { name: /1\s*Breached/ });
    await userEvent.click(tile);
    expect(window.location.search).toBe('?verdict=Breached');
    expect(tile).toHaveAttribute('aria-pressed', 'true');
    await waitFor(() => expect(rows()).toEqual(['Shop']));
    await userEvent.click(tile);
    await userEvent.type(screen.getByRole('searchbox'), 'wik');
    await waitFor(() => expect(rows()).toEqual(['Wiki']));
    expect(window.location.search).toBe('?q=wik');
    await userEvent.click(screen.getByRole('button', { name: 'Clear filters' }));
    await waitFor(() => expect(rows()).toHaveLength(4));
    expect(window.location.search).toBe('');
    expect(screen.getByRole('searchbox')).toHaveValue('');
  });

  it('opens as a link says, and a nonsense filter filters nothing', async () => {
    portal.answers({ applications: all });
    window.history.replaceState(null, '', '/dr?verdict=Unprotected');
    const first = renderWithPortal(<FleetPage />);
    await waitFor(() => expect(rows()).toEqual(['Wiki']));
    first.unmount();
    window.history.replaceState(null, '', '/dr?verdict=%3Cscript%3E');
    renderWithPortal(<FleetPage />);
    await waitFor(() => expect(rows()).toHaveLength(4));
  });

  it('links to the recovery tab, or to nothing where no catalog knows the application', async () => {
    portal.answers({ applications: [shop, application('loose', [part('loose')], { spec: { entityRef: undefined, source: 'labels' } })] });
    renderWithPortal(<FleetPage />);
    const link = await within(await screen.findByRole('grid')).findByRole('link', { name: 'Shop' });
    expect(link).toHaveAttribute('href', '/catalog/default/system/shop/recovery');
    expect(within(screen.getByRole('grid')).queryByRole('link', { name: 'Loose' })).toBeNull();
  });

  it('lets one act on operations of own applications only', async () => {
    window.history.replaceState(null, '', '/dr?operation=op-running');
    const running = operationsByState.Running;
    portal.answers({ applications: [shop], operations: [running] });
    const mine = renderWithPortal(<FleetPage />);
    expect(await screen.findByRole('button', { name: 'Cancel' })).toBeInTheDocument();
    mine.unmount();
    portal.answers({ applications: [{ ...shop, allowed: inState.unclaimed.allowed }], operations: [running] });
    renderWithPortal(<FleetPage />);
    expect(await screen.findByText('40 of 100 objects')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull();
  });

  it('stays fluid with five thousand applications: a page of fifty is drawn', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => application(`app-${index}`, [part('web')]));
    portal.answers({ applications: many });
    renderWithPortal(<FleetPage />);
    await waitFor(() => expect(rows()).toHaveLength(50), { timeout: 15_000 });
    expect(screen.getByRole('button', { name: /5000\s*Protected/ })).toBeInTheDocument();
  });
});
