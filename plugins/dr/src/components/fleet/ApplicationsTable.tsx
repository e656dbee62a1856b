import { useEntityRefLink } from '@backstage/plugin-catalog-react';
import { Cell, CellText, type ColumnConfig, type SortDescriptor, Table, useTable } from '@backstage/ui';
import { useMemo } from 'react';
import type { PortalApplication } from '../../api/drApi.ts';
import { recoveryPath } from '../../routes.ts';
import { shortRef } from '../../text/shortRef.ts';
import { clusterNow } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import { AgeBar } from '../age/AgeBar.tsx';
import { NextRun } from '../card/NextRun.tsx';
import styles from './FleetPage.module.css';
import { worstFirst as worstReasonFirst } from '../reasons/alike.ts';
import { VerdictBadge } from '../verdict/VerdictBadge.tsx';
import { verdictOrder } from '../verdict/verdicts.ts';

interface Row {
  id: string;
  application: PortalApplication;
  /** Of several worst reasons the first; the rest is on the application's page. */
  reason: string | undefined;
}

const keys: Record<string, (row: Row) => string | number> = {
  name: ({ application }) => application.spec.title ?? application.metadata.name,
  verdict: ({ application }) => verdictOrder.indexOf(application.status.verdict),
  owner: ({ application }) => application.spec.owner ?? '',
  // No data at all is older than any.
  age: ({ application }) => application.status.recoveryPoint?.ageSeconds ?? Number.MAX_SAFE_INTEGER,
};

function sorted(rows: Row[], { column, direction }: SortDescriptor): Row[] {
  const key = keys[String(column)];
  if (!key) return rows;
  const sign = direction === 'descending' ? -1 : 1;
  const compare = (a: string | number, b: string | number) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
  return [...rows].sort((a, b) => sign * compare(key(a), key(b)));
}

/** One row per application, worst first unless sorted otherwise; a page of fifty at a time. */
export const ApplicationsTable = ({ applications }: { applications: readonly PortalApplication[] }) => {
  const { t } = useText();
  const entityLink = useEntityRefLink();
  const data = useMemo<Row[]>(
    () =>
      applications.map((application) => ({
        id: application.spec.entityRef ?? application.metadata.name,
        application,
        reason: worstReasonFirst(application.status.reasons)[0]?.message,
      })),
    [applications],
  );
  const { tableProps } = useTable<Row>({
    mode: 'complete',
    data,
    sortFn: sorted,
    paginationOptions: { pageSize: 50, showPageSizeOptions: false },
  });
  const columns = useMemo<ColumnConfig<Row>[]>(
    () => [
      {
        id: 'name',
        label: t('fleet.application'),
        isRowHeader: true,
        isSortable: true,
        width: '2fr',
        minWidth: 150,
        cell: ({ application: { spec, metadata } }) => (
          <CellText
            title={spec.title ?? metadata.name}
            description={spec.title && spec.title.toLowerCase() !== metadata.name ? metadata.name : undefined}
            href={spec.entityRef && `${entityLink(spec.entityRef)}/${recoveryPath}`}
          />
        ),
      },
      {
        id: 'verdict',
        label: t('fleet.verdict'),
        isSortable: true,
        width: 150,
        cell: ({ application }) => (
          <Cell>
            <VerdictBadge verdict={application.status.verdict} />
          </Cell>
        ),
      },
      {
        id: 'owner',
        label: t('fleet.owner'),
        isSortable: true,
        width: '1.5fr',
        minWidth: 130,
        cell: ({ application: { spec } }) => (
          <CellText title={spec.owner ? shortRef(spec.owner) : t('fleet.noOwner')} href={spec.owner && entityLink(spec.owner)} />
        ),
      },
      {
        id: 'age',
        label: t('fleet.age'),
        isSortable: true,
        width: '2fr',
        minWidth: 190,
        cell: ({ application: { status } }) => (
          <Cell>
            <AgeBar compact ageSeconds={status.recoveryPoint?.ageSeconds} objectiveSeconds={status.rpo.objectiveSeconds} />
          </Cell>
        ),
      },
      {
        id: 'nextRun',
        label: t('fleet.nextRun'),
        width: 130,
        cell: ({ application: { status } }) => (
          <Cell>
            <NextRun nextRun={status.nextRun} now={clusterNow(status.recoveryPoint)} />
          </Cell>
        ),
      },
      {
        id: 'reason',
        label: t('fleet.reason'),
        width: '3fr',
        minWidth: 240,
        cell: ({ reason }) => (
          <Cell>
            <span className={styles.reason}>{reason ?? '–'}</span>
          </Cell>
        ),
      },
    ],
    [t, entityLink],
  );
  return <Table columnConfig={columns} {...tableProps} emptyState={<p>{t('fleet.none')}</p>} />;
};
