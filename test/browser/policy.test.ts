import { inChromium, visitors } from './visitor.ts';

inChromium('the page of a policy', () => {
  const { as } = visitors();

  it('is one press away from the card, and says who uses it, who breaches it and what it asks for', async () => {
    const { page, picture } = await as('alice', '/catalog/default/system/shop');
    const card = page.getByRole('article').filter({ has: page.getByRole('heading', { name: 'Recovery' }) });
    await card.getByRole('link', { name: 'gold' }).click();
    await page.getByRole('link', { name: 'Policy', exact: true }).click();
    await page.getByRole('heading', { name: 'Who uses it' }).waitFor();
    await page.getByText(/Breached by 1 of \d+/).waitFor();
    const shop = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: /Shop/ }) });
    await shop.getByText('Breached').waitFor();
    await page
      .getByRole('list', { name: 'Who may do what' })
      .getByText(/Restore in place: after another person agreed/)
      .waitFor();
    await picture('policy', { fullPage: true, readme: true });
    await shop.getByRole('link', { name: 'Shop', exact: true }).click();
    await page.getByRole('listbox', { name: /Recovery points of orders-db/ }).waitFor();
  });

  it('says so when the catalog has it and nobody uses it', async () => {
    const { page } = await as('olivia', '/catalog/default/drpolicy/bronze/policy');
    await page.getByRole('heading', { name: 'Who uses it' }).waitFor();
    await page.getByRole('row').filter({ hasText: 'Newsletter' }).getByText('Protected').waitFor();
  });
});
