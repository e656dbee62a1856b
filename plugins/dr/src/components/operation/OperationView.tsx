import { Button, Text } from '@backstage/ui';
import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { shortSeconds } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import { headlineOf, startOf } from './headline.ts';
import styles from './OperationView.module.css';
import { StateBadge } from './StateBadge.tsx';
import { Wave } from './Wave.tsx';
import { isOver } from './states.ts';

interface OperationViewProps {
  operation: WireOperation;
  /** The headline is above it already. */
  untitled?: boolean;
  /** Absent: not allowed, or not possible in this state. */
  onCancel?(): void;
  onResume?(): void;
}

/** One operation with its steps, as the journal tells it: everybody who looks sees the same. */
export const OperationView = ({ operation, untitled, onCancel, onResume }: OperationViewProps) => {
  const { t } = useText();
  const { spec: plan, status, metadata } = operation;
  const records = new Map(status.steps.map((record) => [record.id, record]));
  const over = isOver(status.state);
  const total = plan.waves.reduce((sum, wave) => sum + wave.length, 0);
  const done = status.steps.filter((record) => record.state === 'Succeeded').length;
  return (
    <section className={styles.root} aria-label={t('operation.heading', { id: metadata.name })}>
      <div className={styles.head}>
        <div>
          {!untitled && (
            <Text as="h3" variant="body-large" weight="bold">
              {headlineOf(operation, t)}
            </Text>
          )}
          <Text as="p" variant="body-small" color="secondary">
            {untitled ? metadata.name : `${metadata.name}, ${startOf(operation, t)}`}
          </Text>
        </div>
        <div className={styles.actions}>
          <span role="status" className={styles.actions}>
            {!over && <Text color="secondary">{t('operation.progress', { done: String(done), total: String(total) })}</Text>}
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
            <Wave steps={wave} records={records} number={plan.waves.length > 1 ? index + 1 : undefined} />
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
