import { violations } from './axe.ts';
import { inChromium, namespaces, visitors } from './visitor.ts';

inChromium('drills, and going on elsewhere', () => {
  const { as } = visitors();

  it('an owner proves a database from the tab, sees what was measured, and nothing is left of it', async () => {
    // The journal's own comes with the first operation, and stays.
    const others = async () => (await namespaces('east')).filter((name) => name !== 'kubectl-dr');
    const before = await others();
    const alice = await as('alice', '/catalog/default/resource/stock-db/recovery');
    await alice.page.getByRole('button', { name: 'Run a drill' }).click();
    const dialog = alice.page.getByRole('dialog');
    await dialog.getByText(/objects? (is|are) created in/).waitFor();
    expect(await dialog.getByRole('radio', { name: 'As a drill' }).isChecked()).toBe(true);
    await alice.picture('drill-dialog');
    expect(await violations(alice.page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Run a drill' }).click();
    await dialog.getByText('Succeeded').waitFor({ timeout: 90_000 });
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    // The newest is first; there may have been others.
    const entry = alice.page.getByRole('listitem').filter({ hasText: 'Drill of stock-db' }).first();
    await entry.getByText(/back in .*nothing is left of it/).waitFor();
    // The row below a pointer has another colour.
    await alice.page.mouse.move(0, 0);
    await alice.picture('drills', { fullPage: true });
    expect(await violations(alice.page)).toEqual([]);
    expect(await others()).toEqual(before);
  });

  it('the dialog of a move says what is ready and what is not, and leaves it to whom the policy names', async () => {
    const alice = await as('alice', '/catalog/default/system/warehouse/recovery');
    await alice.page.getByRole('button', { name: 'Go on elsewhere' }).click();
    const dialog = alice.page.getByRole('dialog');
    const ready = dialog.getByRole('list', { name: 'How ready it is' });
    await ready.getByText('east, where it runs, answers').waitFor();
    await ready.getByText('west, where it would go on, answers').waitFor();
    await dialog.getByText('This stands in the way').waitFor();
    await alice.page.setViewportSize({ width: 1440, height: 1240 });
    await alice.picture('move-dialog');
    expect(await violations(alice.page)).toEqual([]);
    expect(await dialog.getByRole('button', { name: 'Relocate now' }).isDisabled()).toBe(true);
  });
});
