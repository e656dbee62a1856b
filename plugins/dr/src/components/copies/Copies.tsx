import { Cell, CellText, type ColumnConfig, Table } from '@backstage/ui';
import type { WireReplication } from '@kubectl-dr/core/wire/protection';
import { useMemo } from 'react';
import type { PortalApplication } from '../../api/drApi.ts';
import { shortSeconds } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import { AgeBar } from '../age/AgeBar.tsx';

interface Row {
  id: string;
  component: string;
  copy: WireReplication;
  objectiveSeconds?: number;
}

export function copiesOf({ status }: PortalApplication): Row[] {
  return status.components.flatMap(({ name, rpo, replications }) =>
    replications.map((copy) => ({
      id: [name, copy.spec.from, copy.spec.to, copy.spec.claim].join('/'),
      component: name,
      copy,
      objectiveSeconds: rpo.objectiveSeconds,
    })),
  );
}

/** What the engine itself calls the state of either end, where that is another word than ours, and what it says to that. */
function inItsWords({ status }: WireReplication): string | undefined {
  const native = [...new Set(status.ends.map(({ nativePhase }) => nativePhase))].filter((word) => word !== '' && word !== status.phase);
  const said = [...(native.length > 0 ? [native.join(', ')] : []), ...(status.message === undefined ? [] : [status.message])];
  return said.length > 0 ? said.join(': ') : undefined;
}

/** The continuous copies of an application, volume by volume: whither, how far behind, and what a failover would lose now. */
export const Copies = ({ application }: { application: PortalApplication }) => {
  const { t } = useText();
  const rows = useMemo(() => copiesOf(application), [application]);
  const columns = useMemo<ColumnConfig<Row>[]>(
    () => [
      {
        id: 'claim',
        label: t('copies.claim'),
        isRowHeader: true,
        cell: ({ component, copy }) => <CellText title={copy.spec.claim} description={`${component}, ${copy.spec.engine}`} />,
      },
      {
        id: 'way',
        label: t('copies.way'),
        cell: ({ copy }) => <CellText title={`${copy.spec.from ?? '?'} → ${copy.spec.to ?? '?'}`} />,
      },
      {
        id: 'behind',
        label: t('copies.behind'),
        cell: ({ copy }) => (
          <CellText
            title={copy.status.lagSeconds === undefined ? t('copies.unknown') : shortSeconds(copy.status.lagSeconds)}
            description={
              copy.spec.intervalSeconds === undefined
                ? undefined
                : t('copies.interval', { interval: shortSeconds(copy.spec.intervalSeconds) })
            }
          />
        ),
      },
      {
        id: 'loss',
        label: t('copies.loss'),
        cell: ({ copy, objectiveSeconds }) => (
          <Cell>
            {copy.status.wouldLoseSeconds === undefined ? (
              t('copies.unknown')
            ) : (
              <AgeBar compact ageSeconds={copy.status.wouldLoseSeconds} objectiveSeconds={objectiveSeconds} label={t('copies.loss')} />
            )}
          </Cell>
        ),
      },
      {
        id: 'state',
        label: t('copies.state'),
        cell: ({ copy }) => <CellText title={copy.status.phase} description={inItsWords(copy)} />,
      },
    ],
    [t],
  );
  return <Table columnConfig={columns} data={rows} pagination={{ type: 'none' }} />;
};
