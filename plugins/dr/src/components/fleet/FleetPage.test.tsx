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

  it('asks for one page of fifty, however many there are, with the totals of all', async () => {
    const many = Array.from({ length: 5000 }, (_, index) => application(`app-${String(index).padStart(4, '0')}`, [part('web')]));
    const requests = portal.answers({ applications: many });
    renderWithPortal(<FleetPage />);
    await waitFor(() => expect(rows()).toHaveLength(50), { timeout: 15_000 });
    expect(screen.getByRole('button', { name: /5000\s*Protected/ })).toBeInTheDocument();
    const asked = () => requests.filter(({ path }) => path.endsWith('/v1/applications')).map(({ search }) => search);
    expect(asked()).toEqual(['?limit=50']);
    await userEvent.click(screen.getByRole('button', { name: 'Next table page' }));
    await waitFor(() => expect(rows()[0]).toBe('App-0050'));
    expect(screen.getByText(/51 - 100 of 5000/)).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Previous table page' }));
    await waitFor(() => expect(rows()[0]).toBe('App-0000'));
    await userEvent.click(screen.getByRole('button', { name: 'Next table page' }));
    await waitFor(() => expect(rows()[0]).toBe('App-0050'));
    // Another order begins at the first page.
    await userEvent.click(screen.getByRole('columnheader', { name: 'Application' }));
    await waitFor(() => expect(rows()[0]).toBe('App-0000'));
    await userEvent.click(screen.getByRole('columnheader', { name: 'Application' }));
    await waitFor(() => expect(rows()[0]).toBe('App-4999'));
    expect(asked().at(-1)).toBe('?sort=name&order=descending&limit=50');
  });
});
