import type { Page } from 'playwright-core';
import { violations } from './axe.ts';
import { inChromium, visitors } from './visitor.ts';

/** What reasons and steps say first; what the backend says of them, in English, comes after. */
const firstLines = async (page: Page, of: 'severity' | 'state'): Promise<string[]> =>
  (await page.locator(`li[data-${of}]`).allInnerTexts()).map((text) => text.trim().split('\n')[0]!);

const chinese = /^\p{Script=Han}/u;

inChromium('中文', () => {
  const { as } = visitors();
  const to = (url: string, user: 'alice' | 'olivia' = 'alice') => as(user, url, { language: 'zh' });

  const lists = [
    { name: 'the card', url: '/catalog/default/system/shop', shows: '谁可以操作' },
    { name: 'the tab', url: '/catalog/default/system/shop/recovery', shows: '最近 30 天的恢复点' },
  ];
  for (const { name, url, shows } of lists)
    it(`each reason says first what it is: ${name}`, async () => {
      const { page } = await to(url);
      await page.getByText(shows).waitFor();
      await page.locator('li[data-severity]').first().waitFor();
      for (const line of await firstLines(page, 'severity')) expect(line).toMatch(chinese);
    });

  const tables = [
    { name: 'the fleet', url: '/dr', reason: '备份计划已暂停' },
    { name: 'a policy', url: '/catalog/default/drpolicy/gold/policy', reason: '最新的可用数据早于目标所允许的时间' },
  ];
  for (const { name, url, reason } of tables)
    it(`the most important reason is told in it: ${name}`, async () => {
      const { page, picture } = await to(url);
      await page.getByText(reason).waitFor();
      await picture(`${url.split('/').at(-1)}-zh`, { fullPage: true });
      expect(await violations(page)).toEqual([]);
    });

  it('what stands in the way of a move, and what to know of a restore in place, is told in it; and what is lost', async () => {
    const olivia = await to('/catalog/default/system/warehouse/recovery', 'olivia');
    await olivia.page.getByRole('button', { name: '在其他集群继续' }).click();
    await olivia.page.getByRole('dialog').getByText('以下情况构成阻碍').waitFor();
    for (const line of await firstLines(olivia.page, 'severity')) expect(line).toMatch(chinese);
    await olivia.picture('move-dialog-zh');
    const alice = await to('/catalog/default/system/shop/recovery');
    await alice.page.getByRole('button', { name: '恢复', exact: true }).click();
    const dialog = alice.page.getByRole('dialog');
    await dialog.getByText('原地恢复', { exact: true }).click();
    await dialog.getByText('请注意').waitFor();
    await dialog.getByText(/若不撤销将永久丢失：.*orders-db 最近 .* 的数据/).waitFor();
    for (const line of await firstLines(alice.page, 'severity')) expect(line).toMatch(chinese);
    await alice.picture('dialog-in-place-zh');
  });

  it('each step of an operation says first what it does', async () => {
    const { page, picture } = await to('/catalog/default/resource/stock-db/recovery');
    await page.getByRole('button', { name: '开始演练' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: '开始演练' }).and(page.locator(':enabled')).click();
    await dialog.getByText('成功').waitFor({ timeout: 90_000 });
    for (const wave of await dialog.locator('summary').all()) await wave.click();
    const lines = await dialog.locator('li[data-state]').allInnerTexts();
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(line.trim()).toMatch(chinese);
    await picture('operation-zh');
    expect(await violations(page)).toEqual([]);
  });
});
