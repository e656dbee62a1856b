import { Header } from '@backstage/ui';
import { useText } from '../../text/useText.ts';
import { FleetPage } from './FleetPage.tsx';

/** The old frontend system gives a page no header of its own. */
export const FleetPageWithHeader = () => {
  const { t } = useText();
  return (
    <main>
      <Header title={t('fleet.title')} />
      <FleetPage />
    </main>
  );
};
