import { Text } from '@backstage/ui';
import type { WireRecoveryPoint } from '@kubectl-dr/core/wire/protection';
import { atTime } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import { ReasonList } from '../reasons/ReasonList.tsx';
import { ChosenDetails } from '../timeline/ChosenDetails.tsx';
import { MarkShape } from '../timeline/MarkShape.tsx';
import styles from './RecoveryTab.module.css';

const words = { yes: 'timeline.usable', no: 'timeline.unusable', unknown: 'timeline.unknown' } as const;

/** The chosen point: what it is, for which component it is good, and why not. */
export const PointDetails = ({ point, onRestore }: { point: WireRecoveryPoint; onRestore?(components: string[]): void }) => {
  const { t } = useText();
  const { spec, status, metadata } = point;
  const uses = status.use ?? [];
  const usable = uses.filter((use) => use.usable === 'yes').map((use) => use.component);
  const facts = [
    [t('timeline.captured'), atTime(status.capturedAt)],
    [t('timeline.engine'), spec.engine],
    [t('timeline.cluster'), metadata.cluster],
    [t('timeline.phase'), status.nativePhase],
    [t('timeline.expires'), atTime(status.expiresAt)],
  ] as const;
  return (
    <ChosenDetails
      kind={t('timeline.selected')}
      name={metadata.name}
      action={onRestore && usable.length > 0 ? { label: t('timeline.restoreThis'), onPress: () => onRestore(usable) } : undefined}
      facts={facts}
    >
      {status.message && <Text as="p">{status.message}</Text>}
      <ul className={styles.uses}>
        {uses.map((use) => (
          <li key={use.component}>
            <span className={styles.use}>
              <svg width="18" height="18" viewBox="-9 -9 18 18" aria-hidden>
                <MarkShape usable={use.usable} />
              </svg>
              {use.component}: {t(words[use.usable])}
            </span>
            <ReasonList reasons={use.reasons} label={`${t('reasons.title')}: ${use.component}`} />
          </li>
        ))}
      </ul>
    </ChosenDetails>
  );
};
