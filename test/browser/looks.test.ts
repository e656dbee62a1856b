import { violations } from './axe.ts';
import { inChromium, portal, visitors } from './visitor.ts';

const pages = [
  { name: 'fleet', url: '/dr', shows: 'Clusters' },
  { name: 'entity', url: '/catalog/default/system/shop', shows: 'Who may act' },
  { name: 'recovery', url: '/catalog/default/system/shop/recovery', shows: 'Legend' },
  { name: 'policy', url: '/catalog/default/drpolicy/gold/policy', shows: 'What it promises' },
  { name: 'unclaimed', url: '/catalog/default/component/payroll-sync', shows: 'The namespace does not confirm this owner' },
  { name: 'not-annotated', url: '/catalog/default/component/switchboard', shows: 'Recovery' },
];

inChromium('every page', () => {
  const { as, stranger } = visitors();

  for (const dark of [false, true]) {
    const theme = dark ? 'dark' : 'light';
    for (const { name, url, shows } of pages) {
      it(`has nothing for axe: ${name}, ${theme}`, async () => {
        const { page, picture } = await as('alice', url, { dark });
        await page.getByText(shows).or(page.getByLabel(shows)).first().waitFor();
        await page.waitForLoadState('networkidle');
        await picture(`${name}-${theme}`, { fullPage: true });
        expect(await violations(page)).toEqual([]);
      });
    }

    it(`has nothing for axe: the restore dialog, ${theme}`, async () => {
      const { page, picture } = await as('alice', '/catalog/default/system/shop', { dark });
      await page.getByRole('button', { name: 'Restore', exact: true }).click();
      await page.getByText(/objects are created in/).waitFor();
      await picture(`dialog-${theme}`);
      expect(await violations(page)).toEqual([]);
    });
  }

  it('has nothing for axe: sign-in', async () => {
    const { page } = await stranger();
    await page.goto(portal().baseUrl);
    await page.getByText('Who are you today?').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('speaks 中文 when that is chosen', async () => {
    const { page, picture } = await as('alice', '/catalog/default/system/shop/recovery', { language: 'zh' });
    await page.getByRole('button', { name: '恢复', exact: true }).waitFor();
    await page.getByText('最近 30 天的恢复点').waitFor();
    await picture('recovery-zh', { fullPage: true });
    expect(await violations(page)).toEqual([]);
  });

  it('asks once for its cards, and is operated with the keyboard alone', async () => {
    const { page } = await as('alice', '/dr');
    await page.getByRole('grid').waitFor();
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/api/dr/')) asked.push(new URL(request.url()).pathname);
    });
    await page.goto(`${portal().baseUrl}/catalog/default/system/warehouse`);
    const button = page.getByRole('button', { name: 'Restore', exact: true });
    await button.waitFor();
    expect(asked).toEqual(['/api/dr/v1/applications/by-refs']);
    await button.focus();
    await page.keyboard.press('Enter');
    const now = page.getByRole('button', { name: 'Restore now' });
    await now.and(page.locator(':enabled')).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
  });
});
