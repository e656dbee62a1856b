import { useEntity, useEntityRefLink } from '@backstage/plugin-catalog-react';
import { recoveryPath } from './routes.ts';
import { useText } from './text/useText.ts';

/** To the tab of the entity whose page it is on. */
function useRecoveryHref(): string {
  const { entity } = useEntity();
  const entityLink = useEntityRefLink();
  return `${entityLink(entity)}/${recoveryPath}`;
}

/** Of the icon on the about card. */
export function useIconLink(): { label: string; href: string } {
  const { t } = useText();
  return { label: t('link.icon'), href: useRecoveryHref() };
}

/** Of the entry in the menu of the page. */
export function useMenuItem(): { title: string; href: string } {
  const { t } = useText();
  return { title: t('link.menu'), href: useRecoveryHref() };
}
