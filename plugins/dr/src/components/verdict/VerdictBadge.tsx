import {
  RiAlertLine,
  RiQuestionLine,
  RiShieldCheckLine,
  RiShieldCrossLine,
  RiShieldLine,
  RiTimerLine,
  type RemixiconComponentType,
} from '@remixicon/react';
import { useText } from '../../text/useText.ts';
import styles from './VerdictBadge.module.css';
import { type Verdict, verdictTone } from './verdicts.ts';

const icons: Record<Verdict, RemixiconComponentType> = {
  Unknown: RiQuestionLine,
  Unprotected: RiShieldCrossLine,
  Breached: RiTimerLine,
  AtRisk: RiAlertLine,
  Unproven: RiShieldLine,
  Protected: RiShieldCheckLine,
};

/** The shape that stands for a verdict; the word is always beside it. */
export const VerdictIcon = ({ verdict, size }: { verdict: Verdict; size: number }) => {
  const Icon = icons[verdict] ?? RiQuestionLine;
  return <Icon size={size} aria-hidden />;
};

/** A verdict is always a word, a shape and a colour, so that none of them is needed alone. */
export const VerdictBadge = ({ verdict, size = 'small' }: { verdict: Verdict; size?: 'small' | 'large' }) => {
  const { t } = useText();
  return (
    <span className={styles.badge} data-tone={verdictTone[verdict] ?? 'neutral'} data-size={size} title={t(`verdict.meaning.${verdict}`)}>
      <VerdictIcon verdict={verdict} size={size === 'large' ? 22 : 16} />
      {t(`verdict.${verdict}`)}
    </span>
  );
};
