import type { Page } from 'playwright-core';
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

/** Pictures of the READMEs. */
const drawn = new Set(['fleet', 'recovery']);

/** What of ours reaches beyond the right edge of the screen, and is not in something that scrolls by itself. */
const sticksOut = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const scrolls = (element: Element): boolean => {
      for (let at = element.parentElement; at !== null && at !== document.body; at = at.parentElement)
        if (/auto|scroll|hidden/.test(getComputedStyle(at).overflowX) && at.getBoundingClientRect().right <= window.innerWidth + 1)
          return true;
      return false;
    };
    return [...document.querySelectorAll('main *, [role="dialog"] *')]
      .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1 && !scrolls(element))
      .map((element) => `${element.tagName} ${element.className} ${element.textContent?.slice(0, 40)}`)
      .slice(0, 5);
  });

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
        if (!dark && drawn.has(name)) await picture(name, { fullPage: true, readme: true });
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

    it(`has nothing for axe: the dialog to go on elsewhere, ${theme}`, async () => {
      const { page, picture } = await as('olivia', '/catalog/default/system/warehouse/recovery', { dark });
      await page.getByRole('button', { name: 'Go on elsewhere', exact: true }).click();
      await page.getByRole('dialog').getByText('This stands in the way').waitFor();
      await page.waitForLoadState('networkidle');
      await picture(`elsewhere-${theme}`);
      expect(await violations(page)).toEqual([]);
    });
  }

  for (const { name, url, shows } of pages)
    it(`fits a telephone: ${name}`, async () => {
      const { page, picture } = await as('alice', url, { narrow: true });
      await page.getByText(shows).or(page.getByLabel(shows)).first().waitFor();
      await page.waitForLoadState('networkidle');
      await picture(`${name}-narrow`, { fullPage: true });
      expect(await sticksOut(page)).toEqual([]);
      expect(await violations(page)).toEqual([]);
    });

  it('fits a telephone: the restore dialog', async () => {
    const { page, picture } = await as('alice', '/catalog/default/system/shop', { narrow: true });
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    await page.getByText(/objects are created in/).waitFor();
    await picture('dialog-narrow');
    expect(await sticksOut(page)).toEqual([]);
    expect(await violations(page)).toEqual([]);
  });

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
    // The words of the backend are English, and each of its reasons says first in 中文 what it is.
    const reasons = await page.getByRole('list', { name: '原因' }).getByRole('listitem').allInnerTexts();
    expect(reasons.length).toBeGreaterThan(0);
    for (const reason of reasons) expect(reason).toMatch(/^\p{Script=Han}/u);
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
