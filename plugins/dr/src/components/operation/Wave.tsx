import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { useStepName } from '../../text/steps.ts';
import { useText } from '../../text/useText.ts';
import styles from './OperationView.module.css';
import { type StepRecord, StepRow } from './StepRow.tsx';

interface WaveProps {
  steps: WireOperation['spec']['waves'][number];
  records: ReadonlyMap<string, StepRecord>;
  /** From 1; absent when there is only one. */
  number?: number;
}

/** Steps that run side by side. A wave that is done folds itself, so that what runs stays in sight. */
export const Wave = ({ steps, records, number }: WaveProps) => {
  const { t } = useText();
  const nameOf = useStepName();
  const rows = (
    <ul className={styles.steps}>
      {steps.map((step) => (
        <StepRow key={step.id} step={step} record={records.get(step.id)} />
      ))}
    </ul>
  );
  if (number === undefined) return rows;
  const done = steps.every((step) => records.get(step.id)?.state === 'Succeeded');
  if (!done) {
    return (
      <>
        <span className={styles.wave}>{t('operation.wave', { number: String(number) })}</span>
        {rows}
      </>
    );
  }
  const [step, ...others] = steps;
  return (
    <details>
      <summary className={styles.wave}>
        {step !== undefined && others.length === 0
          ? t('operation.waveOfOneDone', { number: String(number), step: nameOf(step.action.kind) ?? step.title })
          : t('operation.waveDone', { number: String(number), steps: String(steps.length) })}
      </summary>
      {rows}
    </details>
  );
};
