import { useEntityRefLink } from '@backstage/plugin-catalog-react';
import { Cell, CellText, type ColumnConfig, Table } from '@backstage/ui';
import type { ApplicationPage } from '@kubectl-dr/backstage-plugin-dr-common';
import { useMemo } from 'react';
import type { PortalApplication } from '../../api/drApi.ts';
import { recoveryPath } from '../../routes.ts';
import { shortRef } from '../../text/shortRef.ts';
import { clusterNow } from '../../text/time.ts';
import { useReasonTitle } from '../../text/reasons.ts';
import { useText } from '../../text/useText.ts';
import { AgeBar } from '../age/AgeBar.tsx';
import { NextRun } from '../card/NextRun.tsx';
import styles from './FleetPage.module.css';
import { worstFirst as worstReasonFirst } from '../reasons/alike.ts';
import { VerdictBadge } from '../verdict/VerdictBadge.tsx';
import { type ApplicationPages, pageSize } from './useApplicationPages.ts';

interface Row {
  id: string;
  application: PortalApplication;
  /** Of several worst reasons the first; the rest is on the application's page. */
  reason: string | undefined;
}

/** One row per application, worst first unless sorted otherwise; a page of fifty at a time. */
export const ApplicationsTable = ({ page, pages }: { page: ApplicationPage; pages: ApplicationPages }) => {
  const { t } = useText();
  const titleOf = useReasonTitle();
  const entityLink = useEntityRefLink();
  const data = useMemo<Row[]>(
    () =>
      page.items.map((application) => {
        const worst = worstReasonFirst(application.status.reasons)[0];
        return {
          id: application.spec.entityRef ?? application.metadata.name,
          application,
          reason: worst && (titleOf(worst.code) ?? worst.message),
        };
      }),
    [page.items, titleOf],
  );
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
  const { total, nextCursor } = page.metadata;
  return (
    <Table
      columnConfig={columns}
      data={data}
      isStale={pages.stale}
      sort={{ descriptor: pages.sort, onSortChange: pages.onSort }}
      pagination={{
        type: 'page',
        pageSize,
        offset: pages.offset,
        totalCount: total,
        hasNextPage: nextCursor !== undefined,
        hasPreviousPage: pages.offset > 0,
        onNextPage: pages.onNext,
        onPreviousPage: pages.onPrevious,
        showPageSizeOptions: false,
      }}
      emptyState={<p>{t('fleet.none')}</p>}
    />
  );
};
