import { Text } from '@backstage/ui';
import type { PortalApplication } from '../../api/drApi.ts';
import { useText } from '../../text/useText.ts';
import { ReasonList } from '../reasons/ReasonList.tsx';
import { saidByNotice } from '../state/notices.ts';
import styles from './RecoveryTab.module.css';

/** Reasons by component, each with its fix; those about the whole application first. */
export const ComponentReasons = ({ application }: { application: PortalApplication }) => {
  const { t } = useText();
  const { components, reasons } = application.status;
  // The application repeats the reasons of its components; only what is about none of them stands alone.
  const groups = [
    { name: application.spec.title ?? application.metadata.name, reasons: reasons.filter((reason) => reason.component === undefined) },
    ...components.map((component) => ({ name: component.name, reasons: component.reasons })),
  ]
    .map((group) => ({ ...group, reasons: group.reasons.filter((reason) => !saidByNotice.has(reason.code)) }))
    .filter((group) => group.reasons.length > 0);
  if (groups.length === 0) return <Text color="secondary">{t('reasons.none')}</Text>;
  return (
    <div className={styles.groups}>
      {groups.map((group) => (
        <section key={group.name} className={styles.group}>
          <Text as="h4" variant="body-medium" weight="bold">
            {group.name}
          </Text>
          <ReasonList reasons={group.reasons} label={`${t('reasons.title')}: ${group.name}`} />
        </section>
      ))}
    </div>
  );
};
