import { Cell, CellText, type ColumnConfig, Table, Text } from '@backstage/ui';
import type { WireComponentStatus } from '@kubectl-dr/core/wire/application';
import { useMemo } from 'react';
import type { PortalApplication } from '../../api/drApi.ts';
import { type Text as Translate, useText } from '../../text/useText.ts';
import { AgeBar } from '../age/AgeBar.tsx';
import { VerdictBadge } from '../verdict/VerdictBadge.tsx';
import { type ComponentRow, componentsWorstFirst } from './order.ts';
import styles from './RecoveryTab.module.css';

const Volumes = ({ volumes, t }: { volumes: WireComponentStatus['volumes']; t: Translate }) => {
  if (volumes.length === 0) return <Text color="secondary">{t('components.noVolumes')}</Text>;
  return (
    <ul className={styles.plain}>
      {volumes.map((volume) => (
        <li key={`${volume.cluster}/${volume.namespace}/${volume.claim}`} data-volume={volume.state} title={volume.message}>
          {volume.claim}: {t(`components.volume.${volume.state}`)}
          {volume.method && `, ${volume.method}`}
        </li>
      ))}
    </ul>
  );
};

const placesOf = (spec: ComponentRow['spec'], t: Translate): string =>
  spec.placements
    .map((placement) => {
      const place = placement.cluster ? `${placement.cluster}/${placement.namespace}` : placement.namespace;
      return placement.claim === 'unclaimed' ? `${place} (${t('components.unclaimed')})` : place;
    })
    .join(', ');

/** Every component: verdict, freshness, volumes, and what it needs to run. */
export const ComponentsTable = ({ application }: { application: PortalApplication }) => {
  const { t } = useText();
  const rows = useMemo(() => componentsWorstFirst(application), [application]);
  const columns = useMemo<ColumnConfig<ComponentRow>[]>(
    () => [
      {
        id: 'name',
        label: t('components.name'),
        isRowHeader: true,
        width: '2fr',
        minWidth: 150,
        cell: ({ spec }) => (
          <CellText
            title={spec.name}
            description={spec.title && spec.title.toLowerCase() !== spec.name ? `${spec.title}, ${spec.type ?? ''}` : spec.type}
          />
        ),
      },
      {
        id: 'verdict',
        label: t('components.verdict'),
        width: 150,
        cell: ({ status }) => <Cell>{status && <VerdictBadge verdict={status.verdict} />}</Cell>,
      },
      {
        id: 'age',
        label: t('components.age'),
        width: '2fr',
        minWidth: 190,
        cell: ({ status }) => (
          <Cell>
            <AgeBar compact ageSeconds={status?.recoveryPoint?.ageSeconds} objectiveSeconds={status?.rpo.objectiveSeconds} />
          </Cell>
        ),
      },
      {
        id: 'volumes',
        label: t('components.volumes'),
        width: '2fr',
        minWidth: 180,
        cell: ({ status }) => (
          <Cell>
            <Volumes volumes={status?.volumes ?? []} t={t} />
          </Cell>
        ),
      },
      {
        id: 'dependsOn',
        label: t('components.dependsOn'),
        width: '2fr',
        minWidth: 140,
        cell: ({ spec }) => (
          <Cell>
            <span className={styles.wrapped}>{spec.dependsOn.join(', ') || '–'}</span>
          </Cell>
        ),
      },
      {
        id: 'placement',
        label: t('components.placement'),
        width: '2fr',
        minWidth: 140,
        cell: ({ spec }) => (
          <Cell>
            <span className={styles.wrapped}>{placesOf(spec, t)}</span>
          </Cell>
        ),
      },
    ],
    [t],
  );
  return <Table columnConfig={columns} data={rows} pagination={{ type: 'none' }} />;
};
