import { violations } from './axe.ts';
import { type OpenPortal, openPortal } from './portal.ts';
import { inChromium, namespaces, visitors } from './visitor.ts';

inChromium('going on in a namespace of another name', () => {
  // Where it has gone on, others would not find it any more.
  let opened: OpenPortal;
  beforeAll(async () => {
    opened = await openPortal({ standby: true });
  }, 240_000);
  afterAll(() => opened?.close());
  const { as } = visitors(() => opened.portal);

  it('from the dialog until it has moved, and the page shows it where it is then', async () => {
    const olivia = await as('olivia', '/catalog/default/system/warehouse/recovery');
    const { page } = olivia;
    const components = page.getByRole('grid').filter({ has: page.getByRole('columnheader', { name: 'Runs in' }) });
    await components.getByText('east/warehouse', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Go on elsewhere' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: /Called otherwise on west/ }).click();
    await dialog.getByRole('button', { name: 'Add: Namespaces' }).click();
    await dialog.getByLabel('Namespaces: name here').fill('warehouse');
    const answered = page.waitForResponse(
      async (response) => response.url().endsWith('/plans') && 'namespaces' in (response.request().postDataJSON() as object),
    );
    await dialog.getByLabel('Namespaces: name on west').fill('warehouse-dr');
    const { spec } = (await (await answered).json()) as { spec: { mapping?: object; blockers: object[] } };
    expect(spec).toMatchObject({ intent: 'Relocate', mapping: { namespaces: { warehouse: 'warehouse-dr' } }, blockers: [] });
    const move = dialog.getByRole('button', { name: 'Relocate now' });
    await dialog.getByLabel('Type the name warehouse to confirm').fill('warehouse');
    await move.and(page.locator(':enabled')).waitFor();
    await page.setViewportSize({ width: 1440, height: 1240 });
    await olivia.picture('moved-dialog');
    expect(await violations(page)).toEqual([]);
    await move.click();
    await dialog.getByText('Succeeded', { exact: true }).first().waitFor({ timeout: 180_000 });
    await dialog.getByText('Relocation of warehouse into warehouse-dr', { exact: true }).waitFor();
    await olivia.picture('moved-succeeded');
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Close' }).last().click();

    const there = components.getByText('west/warehouse-dr', { exact: true });
    await there.first().waitFor({ timeout: 60_000 });
    expect(await there.count()).toBe(2);
    expect(await components.getByText('east/warehouse', { exact: true }).count()).toBe(0);
    await page.mouse.move(0, 0);
    await olivia.picture('moved', { fullPage: true });
    expect(await violations(page)).toEqual([]);
    expect(await namespaces('west', opened.portal)).toContain('warehouse-dr');
    const { body } = await olivia.api('GET', '/applications/system/default/warehouse');
    expect(body.spec.components.map(({ placements }: { placements: unknown }) => placements)).toEqual([
      [expect.objectContaining({ cluster: 'west', namespace: 'warehouse-dr' })],
      [expect.objectContaining({ cluster: 'west', namespace: 'warehouse-dr' })],
    ]);
  }, 300_000);
});
