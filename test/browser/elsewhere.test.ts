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

  for (const looks of [{}, { dark: true }, { language: 'zh' }])
    it(`points that belong together are on the timeline, and a restore takes such a set: ${JSON.stringify(looks)}`, async () => {
      const alice = await as('alice', '/catalog/default/system/shop/recovery', looks);
      const zh = 'language' in looks;
      const lane = alice.page.getByRole('listbox', { name: zh ? /相互匹配的恢复点集合/ : /Sets of points that belong together/ });
      await lane.focus();
      await alice.page.keyboard.press('Enter');
      const details = alice.page.getByRole('region', { name: /set-\d{8}-\d{6}$/ });
      await details
        .getByText(/east-shop-hourly-\d+/)
        .first()
        .waitFor();
      await alice.picture(`set-${Object.keys(looks)[0] ?? 'light'}`, { fullPage: true });
      expect(await violations(alice.page)).toEqual([]);
      const planned = alice.page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/plans'));
      await details.getByRole('button').click();
      expect((await planned).postDataJSON()).toMatchObject({ point: expect.stringMatching(/^set-\d{8}-\d{6}$/) });
      const dialog = alice.page.getByRole('dialog');
      await dialog
        .getByText(zh ? /整体，.*丢失/ : /Together, .*: loses/)
        .first()
        .waitFor();
      await alice.picture(`set-dialog-${Object.keys(looks)[0] ?? 'light'}`);
      expect(await violations(alice.page)).toEqual([]);
    });

  for (const looks of [{}, { dark: true }, { language: 'zh' }])
    it(`what is called otherwise on the other cluster is typed, and planned at once: ${JSON.stringify(looks)}`, async () => {
      const olivia = await as('olivia', '/catalog/default/system/warehouse/recovery', looks);
      const zh = 'language' in looks;
      await olivia.page.getByRole('button', { name: zh ? '在其他集群继续' : 'Go on elsewhere' }).click();
      const dialog = olivia.page.getByRole('dialog');
      await dialog.getByRole('button', { name: zh ? /在 west 上的不同名称/ : /Called otherwise on west/ }).click();
      await dialog.getByRole('button', { name: zh ? '添加：存储类' : 'Add: Storage classes' }).click();
      await dialog.getByLabel(zh ? '存储类：此处的名称' : 'Storage classes: name here').fill('standard');
      const answered = olivia.page.waitForResponse(
        async (response) => response.url().endsWith('/plans') && 'storageClasses' in (response.request().postDataJSON() as object),
      );
      await dialog.getByLabel(zh ? '存储类：在 west 上的名称' : 'Storage classes: name on west').fill('gp3');
      const { spec } = (await (await answered).json()) as { spec: { mapping?: object } };
      expect(spec.mapping).toEqual({ storageClasses: { standard: 'gp3' } });
      await olivia.page.setViewportSize({ width: 1440, height: 1240 });
      await olivia.picture(`mapping-${Object.keys(looks)[0] ?? 'light'}`);
      expect(await violations(olivia.page)).toEqual([]);
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
