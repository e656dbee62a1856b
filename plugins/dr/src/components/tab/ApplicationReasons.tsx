import { Text } from '@backstage/ui';
import type { PortalApplication } from '../../api/drApi.ts';
import { useText } from '../../text/useText.ts';
import { ReasonList } from '../reasons/ReasonList.tsx';
import { saidByNotice } from '../state/notices.ts';

/** Everything that is said of the application and its components, each with its fix. */
export const ApplicationReasons = ({ application }: { application: PortalApplication }) => {
  const { t } = useText();
  const { components, reasons } = application.status;
  // The application repeats the reasons of its components; only what is about none of them stands alone.
  const all = [...reasons.filter((reason) => reason.component === undefined), ...components.flatMap((component) => component.reasons)];
  const shown = all.filter((reason) => !saidByNotice.has(reason.code));
  if (shown.length === 0) return <Text color="secondary">{t('reasons.none')}</Text>;
  return <ReasonList reasons={shown} />;
};
