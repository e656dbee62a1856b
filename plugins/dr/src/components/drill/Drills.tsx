import { Button, Text } from '@backstage/ui';
import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import type { PortalApplication } from '../../api/drApi.ts';
import { atTime, shortSeconds } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import { StateBadge } from '../operation/StateBadge.tsx';
import { unprovenText } from './proven.ts';
import styles from './Drills.module.css';

/** More are in the list of operations. */
const shown = 5;

interface DrillsProps {
  application: PortalApplication;
  operations: readonly WireOperation[];
  onOpen(operation: string): void;
  /** Absent: the user may not begin one. */
  onBegin?(): void;
}

/** What was proven, when, and whether the objectives were met: the newest drills with what they measured. */
export const Drills = ({ application, operations, onOpen, onBegin }: DrillsProps) => {
  const { t } = useText();
  const { rto } = application.status;
  const drills = operations
    .filter(({ spec }) => spec.intent === 'Drill')
    .sort((a, b) => b.status.requestedAt.localeCompare(a.status.requestedAt))
    .slice(0, shown);
  const proven =
    rto.provenAt === undefined
      ? unprovenText(application, t)
      : [
          t('drills.proven', { when: atTime(rto.provenAt) }),
          rto.measuredSeconds !== undefined && t('drills.took', { time: shortSeconds(rto.measuredSeconds) }),
          rto.objectiveSeconds !== undefined && t('drills.objective', { time: shortSeconds(rto.objectiveSeconds) }),
        ]
          .filter(Boolean)
          .join(', ');
  return (
    <div className={styles.root}>
      <div className={styles.head}>
        <Text as="p">{proven}</Text>
        {onBegin && (
          <Button variant="secondary" onPress={onBegin}>
            {t('drills.begin')}
          </Button>
        )}
      </div>
      {drills.length > 0 && (
        <ul className={styles.list}>
          {drills.map((drill) => (
            <li key={drill.metadata.name} className={styles.entry}>
              <StateBadge state={drill.status.state} />
              <Button variant="tertiary" size="small" onPress={() => onOpen(drill.metadata.name)}>
                {t('drills.of', { components: drill.spec.components.join(', ') })}
              </Button>
              <span className={styles.measured}>{measuredText(drill)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );

  /** `on 23 Nov, 14:03, back in 4m (objective met), would lose 12m, everything removed`. */
  function measuredText({ spec, status }: WireOperation): string {
    const met = status.evidence?.record.status.met;
    const cleanUp = status.evidence?.record.status.cleanUp.state;
    const { rtoSeconds, lossSeconds } = status.measured ?? {};
    const judged = (one: boolean | undefined): string => (one === undefined ? '' : ` (${t(one ? 'drills.met' : 'drills.missed')})`);
    return [
      atTime(status.endedAt ?? status.requestedAt),
      spec.request.on !== undefined && t('drills.on', { cluster: spec.request.on }),
      rtoSeconds !== undefined && `${t('drills.took', { time: shortSeconds(rtoSeconds) })}${judged(met?.rto)}`,
      lossSeconds !== undefined && `${t('drills.loss', { time: shortSeconds(lossSeconds) })}${judged(met?.rpo)}`,
      cleanUp !== undefined && t(`drills.cleanUp.${cleanUp}`),
    ]
      .filter(Boolean)
      .join(', ');
  }
};
