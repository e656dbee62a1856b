import { useEntityRefLink } from '@backstage/plugin-catalog-react';
import { Cell, CellText, type ColumnConfig, Table, Text, useTable } from '@backstage/ui';
import type { PolicyUser } from '@kubectl-dr/backstage-plugin-dr-common';
import { useMemo } from 'react';
import { recoveryPath } from '../../routes.ts';
import { shortRef } from '../../text/shortRef.ts';
import { useReasonTitle } from '../../text/reasons.ts';
import { useText } from '../../text/useText.ts';
import { AgeBar } from '../age/AgeBar.tsx';
import { VerdictBadge } from '../verdict/VerdictBadge.tsx';
import styles from './Policy.module.css';

type Row = PolicyUser & { id: string };

const breaches = ({ verdict }: PolicyUser): boolean => verdict === 'Breached' || verdict === 'Unprotected';

/** Worst first: whoever breaches it stands on top, with the reason. */
export const PolicyUsers = ({ users, rpoSeconds }: { users: readonly PolicyUser[]; rpoSeconds?: number }) => {
  const { t } = useText();
  const titleOf = useReasonTitle();
  const entityLink = useEntityRefLink();
  const data = useMemo<Row[]>(() => users.map((user) => ({ ...user, id: user.name })), [users]);
  const { tableProps } = useTable<Row>({ mode: 'complete', data, paginationOptions: { pageSize: 25, showPageSizeOptions: false } });
  const columns = useMemo<ColumnConfig<Row>[]>(
    () => [
      {
        id: 'name',
        label: t('fleet.application'),
        isRowHeader: true,
        width: '2fr',
        minWidth: 150,
        cell: ({ name, title, entityRef, components }) => (
          <CellText
            title={title ?? name}
            description={components.join(', ')}
            href={entityRef && `${entityLink(entityRef)}/${recoveryPath}`}
          />
        ),
      },
      {
        id: 'verdict',
        label: t('fleet.verdict'),
        width: 150,
        cell: ({ verdict }) => (
          <Cell>
            <VerdictBadge verdict={verdict} />
          </Cell>
        ),
      },
      {
        id: 'owner',
        label: t('fleet.owner'),
        width: '1.5fr',
        minWidth: 130,
        cell: ({ owner }) => <CellText title={owner ? shortRef(owner) : t('fleet.noOwner')} href={owner && entityLink(owner)} />,
      },
      {
        id: 'age',
        label: t('fleet.age'),
        width: '2fr',
        minWidth: 190,
        cell: ({ ageSeconds }) => (
          <Cell>
            <AgeBar compact ageSeconds={ageSeconds} objectiveSeconds={rpoSeconds} />
          </Cell>
        ),
      },
      {
        id: 'reason',
        label: t('fleet.reason'),
        width: '3fr',
        minWidth: 240,
        cell: ({ reasons: [worst] }) => (
          <Cell>
            <span className={styles.wrapped}>{worst ? (titleOf(worst.code) ?? worst.message) : '–'}</span>
          </Cell>
        ),
      },
    ],
    [t, titleOf, entityLink, rpoSeconds],
  );
  if (users.length === 0) return <Text color="secondary">{t('policy.noUsers')}</Text>;
  const broken = users.filter(breaches).length;
  return (
    <>
      <p className={styles.headline} data-good={broken === 0}>
        {broken === 0
          ? t('policy.allMeet', { count: users.length })
          : t('policy.breached', { broken: String(broken), total: String(users.length) })}
      </p>
      <Table columnConfig={columns} {...tableProps} {...(users.length <= 25 && { pagination: { type: 'none' } })} />
    </>
  );
};
