import { Button, Text } from '@backstage/ui';
import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { shortSeconds } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import { headlineOf, startOf } from './headline.ts';
import styles from './OperationView.module.css';
import { StateBadge } from './StateBadge.tsx';
import { StepRow } from './StepRow.tsx';
import { isOver } from './states.ts';

interface OperationViewProps {
  operation: WireOperation;
  /** Absent: not allowed, or not possible in this state. */
  onCancel?(): void;
  onResume?(): void;
}

/** One operation with its steps, as the journal tells it: everybody who looks sees the same. */
export const OperationView = ({ operation, onCancel, onResume }: OperationViewProps) => {
  const { t } = useText();
  const { spec: plan, status, metadata } = operation;
  const records = new Map(status.steps.map((record) => [record.id, record]));
  const over = isOver(status.state);
  return (
    <section className={styles.root} aria-label={t('operation.heading', { id: metadata.name })}>
      <div className={styles.head}>
        <div>
          <Text as="h3" variant="body-large" weight="bold">
            {headlineOf(operation, t)}
          </Text>
          <Text as="p" variant="body-small" color="secondary">
            {metadata.name}, {startOf(operation, t)}
          </Text>
        </div>
        <div className={styles.actions}>
          <span role="status">
            <StateBadge state={status.state} />
          </span>
          {!over && onCancel && !status.cancelRequested && (
            <Button size="small" variant="secondary" onPress={onCancel}>
              {t('operation.cancel')}
            </Button>
          )}
          {onResume && (
            <Button size="small" variant="secondary" onPress={onResume}>
              {t('operation.resume')}
            </Button>
          )}
        </div>
      </div>
      {status.cancelRequested && !over && <Text as="p">{t('operation.cancelling')}</Text>}
      {status.message && (
        <p className={styles.outcome} data-state={status.state}>
          {status.message}
        </p>
      )}
      <ol className={styles.waves} aria-label={t('operation.steps', { id: metadata.name })}>
        {plan.waves.map((wave, index) => (
          <li key={wave.map((step) => step.id).join(' ')}>
            {plan.waves.length > 1 && <span className={styles.wave}>{t('operation.wave', { number: String(index + 1) })}</span>}
            <ul className={styles.steps}>
              {wave.map((step) => (
                <StepRow key={step.id} step={step} record={records.get(step.id)} />
              ))}
            </ul>
          </li>
        ))}
      </ol>
      {status.measured?.rtoSeconds !== undefined && (
        <Text as="p" variant="body-small" color="secondary">
          {t('operation.measured', { rto: shortSeconds(status.measured.rtoSeconds) })}
        </Text>
      )}
      {over && plan.undo.possible && (
        <Text as="p" variant="body-small" color="secondary">
          {t('operation.undo', { text: plan.undo.text })}
        </Text>
      )}
    </section>
  );
};
