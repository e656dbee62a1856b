import {
  RiCheckLine,
  RiCloseLine,
  RiArrowGoBackLine,
  RiLoader4Line,
  RiSkipForwardLine,
  RiTimeLine,
  type RemixiconComponentType,
} from '@remixicon/react';
import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { secondsBetween, shortSeconds } from '../../text/time.ts';
import { useStepName } from '../../text/steps.ts';
import { useText } from '../../text/useText.ts';
import styles from './OperationView.module.css';
import type { StepState } from './states.ts';

const icons: Record<StepState, RemixiconComponentType> = {
  Pending: RiTimeLine,
  Running: RiLoader4Line,
  Succeeded: RiCheckLine,
  Failed: RiCloseLine,
  Skipped: RiSkipForwardLine,
  Undone: RiArrowGoBackLine,
};

type Step = WireOperation['spec']['waves'][number][number];
export type StepRecord = WireOperation['status']['steps'][number];

export const StepRow = ({ step, record }: { step: Step; record: StepRecord | undefined }) => {
  const { t } = useText();
  const name = useStepName()(step.action.kind);
  const state = record?.state ?? 'Pending';
  const Icon = icons[state];
  const seconds = secondsBetween(record?.startedAt, record?.endedAt ?? Date.now());
  const time = seconds === undefined ? undefined : shortSeconds(seconds);
  return (
    <li className={styles.step} data-state={state}>
      <Icon size={18} role="img" aria-label={t(`operation.step.${state}`)} className={state === 'Running' ? styles.turning : undefined} />
      <div>
        {name && <div className={styles.title}>{name}</div>}
        <div className={name ? styles.message : styles.title} lang="en">
          {step.title}
        </div>
        {record?.message && (
          <div className={styles.message} lang="en">
            {record.message}
          </div>
        )}
        {state === 'Running' && record?.progress !== undefined && (
          <progress className={styles.progress} max={1} value={record.progress} aria-label={name ?? step.title} />
        )}
      </div>
      <div className={styles.side}>
        <span>{step.cluster}</span>
        {time && <span>{record?.endedAt ? t('operation.took', { time }) : t('operation.since', { time })}</span>}
      </div>
    </li>
  );
};
