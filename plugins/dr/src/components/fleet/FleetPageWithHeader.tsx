import { PluginHeader } from '@backstage/ui';
import { RiShieldCheckLine } from '@remixicon/react';
import { useText } from '../../text/useText.ts';
import { FleetPage } from './FleetPage.tsx';

/** The old frontend system gives a page no header of its own. */
export const FleetPageWithHeader = () => {
  const { t } = useText();
  return (
    <>
      <PluginHeader title={t('fleet.title')} icon={<RiShieldCheckLine />} />
      <FleetPage />
    </>
  );
};
