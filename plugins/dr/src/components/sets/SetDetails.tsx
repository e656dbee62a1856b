import type { WireListedSet } from '@kubectl-dr/core/wire/recovery-set';
import { atTime, shortSeconds } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import styles from '../tab/RecoveryTab.module.css';
import { ChosenDetails } from '../timeline/ChosenDetails.tsx';
import { MarkShape } from '../timeline/MarkShape.tsx';
import type { Usable } from '../timeline/marks.ts';
import { consistencyText } from './texts.ts';

/** The chosen set: of when it is, how well its parts fit, what going back to it loses, and which points it is made of. */
export const SetDetails = ({ set, onRestore }: { set: WireListedSet; onRestore?(components: string[]): void }) => {
  const { t } = useText();
  const { metadata, spec, status } = set;
  const components = [...new Set(spec.parts.map(({ component }) => component))];
  const facts = [
    [t('sets.moment'), atTime(spec.moment)],
    [t('sets.consistency'), consistencyText(set, t)],
    [t('sets.loss'), shortSeconds(status.lossSeconds)],
  ] as const;
  return (
    <ChosenDetails
      kind={t('sets.selected')}
      name={metadata.name}
      action={onRestore && { label: t('sets.restoreThis'), onPress: () => onRestore(components) }}
      facts={facts}
    >
      <ul className={styles.uses}>
        {spec.parts.map(({ component, cluster, point, capturedAt, lossSeconds, usable }) => (
          <li key={`${component} ${cluster}`} className={styles.use}>
            <Mark usable={usable} />
            {t('sets.part', { component, cluster, point: point.name, time: atTime(capturedAt), loss: shortSeconds(lossSeconds) })}
            {usable === 'unknown' && ` (${t('timeline.unknown')})`}
          </li>
        ))}
        {spec.missing.map((component) => (
          <li key={component} className={styles.use}>
            <Mark usable="no" />
            {t('sets.missing', { component })}
          </li>
        ))}
      </ul>
    </ChosenDetails>
  );
};

const Mark = ({ usable }: { usable: Usable }) => (
  <svg width="18" height="18" viewBox="-9 -9 18 18" aria-hidden>
    <MarkShape usable={usable} />
  </svg>
);
