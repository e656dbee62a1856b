import {
  RiCheckboxCircleLine,
  RiCloseCircleLine,
  RiLoader4Line,
  RiPauseCircleLine,
  RiStopCircleLine,
  RiTimeLine,
  type RemixiconComponentType,
} from '@remixicon/react';
import { useText } from '../../text/useText.ts';
import verdictStyles from '../verdict/VerdictBadge.module.css';
import styles from './OperationView.module.css';
import { type OperationState, stateTone } from './states.ts';

const icons: Record<OperationState, RemixiconComponentType> = {
  Pending: RiTimeLine,
  WaitingForApproval: RiPauseCircleLine,
  Running: RiLoader4Line,
  WaitingOnUser: RiPauseCircleLine,
  Verifying: RiLoader4Line,
  Succeeded: RiCheckboxCircleLine,
  Failed: RiCloseCircleLine,
  Undoing: RiLoader4Line,
  Undone: RiStopCircleLine,
  Cancelled: RiStopCircleLine,
};

export const StateBadge = ({ state }: { state: OperationState }) => {
  const { t } = useText();
  const Icon = icons[state] ?? RiTimeLine;
  return (
    <span className={verdictStyles.badge} data-tone={stateTone[state] ?? 'neutral'}>
      <Icon size={16} aria-hidden className={Icon === RiLoader4Line ? styles.turning : undefined} />
      {t(`operation.state.${state}`)}
    </span>
  );
};
