import { RiCheckLine, RiCloseLine, RiQuestionLine } from '@remixicon/react';
import { useText } from '../../text/useText.ts';
import styles from './Move.module.css';
import type { ReadinessItem } from './readiness.ts';

const icons = { good: RiCheckLine, bad: RiCloseLine, unknown: RiQuestionLine };

/** What stands well for a move and what does not, each in words. */
export const Readiness = ({ items }: { items: readonly ReadinessItem[] }) => {
  const { t } = useText();
  return (
    <ul className={styles.readiness} aria-label={t('move.readiness')}>
      {items.map(({ id, state, text }) => {
        const Icon = icons[state];
        return (
          <li key={id} className={styles.item} data-state={state}>
            <Icon size={18} role="img" aria-label={t(`move.state.${state}`)} />
            <span>{text}</span>
          </li>
        );
      })}
    </ul>
  );
};
