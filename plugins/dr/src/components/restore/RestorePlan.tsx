import { Text } from '@backstage/ui';
import { Fragment } from 'react';
import { isMove } from '@kubectl-dr/core/planning/intent';
import type { WirePlan } from '@kubectl-dr/core/wire/plan';
import { atTime, shortSeconds } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import { ReasonList } from '../reasons/ReasonList.tsx';
import { RestoreChanges } from './RestoreChanges.tsx';
import styles from './RestoreDialog.module.css';

function nothingLost(plan: WirePlan['spec']) {
  if (isMove(plan.intent)) return plan.intent === 'Failover' ? 'move.noneToLose' : 'move.nothingLost';
  return (plan.mode ?? 'clone') === 'clone' ? 'restore.nothingLost' : 'restore.noDataLost';
}

/** What is lost, said first. */
export const DataLoss = ({ plan }: { plan: WirePlan['spec'] }) => {
  const { t } = useText();
  const lost = plan.dataLoss
    .filter((loss) => loss.seconds > 0 || loss.unknown)
    .map(({ component, seconds, text, unknown }) =>
      unknown ? t('restore.lossUnknown', { text }) : t('restore.lossOf', { component, time: shortSeconds(seconds) }),
    );
  // Of a move that cannot begin nothing is known yet.
  if (isMove(plan.intent) && plan.blockers.length > 0 && lost.length === 0) return null;
  return (
    <p className={styles.loss} data-lost={lost.length > 0}>
      {lost.length > 0 ? t('restore.lost', { what: [...new Set(lost)].join(t('restore.lossJoined')) }) : t(nothingLost(plan))}
    </p>
  );
};

type Point = WirePlan['spec']['points'][number];

/** Most components come from the same few points. */
function byPoint(points: readonly Point[]): Map<string, [Point, ...Point[]]> {
  const groups = new Map<string, [Point, ...Point[]]>();
  for (const point of points) {
    const group = groups.get(point.pointId);
    if (group) group.push(point);
    else groups.set(point.pointId, [point]);
  }
  return groups;
}

/** Codes whose next step is a choice of this dialog. */
const answeredHere = ['DEPENDENTS_KEEP_RUNNING', 'CLAIMS_COME_ALONG', 'NO_CONSUMER', 'TARGET_EXISTS', 'POINT_UNUSABLE'] as const;

/** Everything the plan says, worst first. */
export const RestorePlan = ({ plan, now }: { plan: WirePlan['spec']; now: number }) => {
  const { t } = useText();
  const fixes = isMove(plan.intent)
    ? { NEWER_DATA_LEFT: t('move.fixes.NEWER_DATA_LEFT') }
    : Object.fromEntries(answeredHere.map((code) => [code, t(`restore.fixes.${code}`)]));
  const age = (capturedAt: string) => shortSeconds(Math.max(0, (now - Date.parse(capturedAt)) / 1000));
  return (
    <div className={styles.plan}>
      {plan.blockers.length > 0 && (
        <section className={styles.blockers}>
          <Text as="h3" variant="body-medium" weight="bold">
            {t('restore.blockers')}
          </Text>
          <ReasonList reasons={plan.blockers} label={t('restore.blockers')} fixes={fixes} />
        </section>
      )}
      {plan.points.length > 0 && (
        <section className={styles.section}>
          <Text as="h3" variant="body-medium" weight="bold">
            {t('restore.pointsUsed')}
          </Text>
          <dl className={styles.points}>
            {[...byPoint(plan.points)].map(([id, [point, ...others]]) => (
              <Fragment key={id}>
                <dt>{t('restore.pointOption', { time: atTime(point.capturedAt), age: age(point.capturedAt) })}</dt>
                <dd>
                  {[point, ...others].map((each) => each.component).join(', ')}
                  <span className={styles.secondary}> {point.name}</span>
                </dd>
              </Fragment>
            ))}
          </dl>
        </section>
      )}
      <RestoreChanges plan={plan} />
      {plan.warnings.length > 0 && (
        <section className={styles.section}>
          <Text as="h3" variant="body-medium" weight="bold">
            {t('restore.warnings')}
          </Text>
          <ReasonList reasons={plan.warnings} label={t('restore.warnings')} fixes={fixes} />
        </section>
      )}
      <Text as="p" variant="body-small" color="secondary">
        {plan.blockers.length === 0 &&
          plan.estimate &&
          `${t('restore.estimate', { time: shortSeconds(plan.estimate.seconds), basis: plan.estimate.basis })}. `}
        {plan.skewSeconds ? `${t('restore.skew', { skew: shortSeconds(plan.skewSeconds) })} ` : ''}
        {t('restore.undo')}: {plan.undo.text}
      </Text>
    </div>
  );
};
