import { Text } from '@backstage/ui';
import { withFences } from '@kubectl-dr/core/execution/direction';
import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { atTime, shortSeconds } from '../../text/time.ts';
import { shortRef } from '../../text/shortRef.ts';
import { useText } from '../../text/useText.ts';
import type { OperationAction } from './actions.ts';
import { headlineOf, startOf } from './headline.ts';
import { OperationActions } from './OperationActions.tsx';
import styles from './OperationView.module.css';
import { StateBadge } from './StateBadge.tsx';
import { Wave } from './Wave.tsx';
import { isOver } from './states.ts';

interface OperationViewProps {
  operation: WireOperation;
  /** The headline is above it already. */
  untitled?: boolean;
  /** What is allowed, and possible in this state. */
  actions?: readonly OperationAction[];
  onAct?(action: OperationAction): void;
}

/** One operation with its steps, as the journal tells it: everybody who looks sees the same. */
export const OperationView = ({ operation, untitled, actions = [], onAct }: OperationViewProps) => {
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
          {onAct && <OperationActions actions={actions} onAct={onAct} />}
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
      {over && plan.undo.possible && !status.undo && !status.release && (
        <>
          <Text as="p" variant="body-small" color="secondary">
            {t('operation.toUndo', { text: plan.undo.text })}
          </Text>
          {status.undoUntil && (
            <Text as="p" variant="body-small" color="secondary">
              {t('operation.undoUntil', { until: atTime(status.undoUntil) })}
            </Text>
          )}
        </>
      )}
      {status.undo && (
        <Phase title={t('operation.undoing')} phase={status.undo} waves={withFences(plan.undo.waves ?? [], status.undo.fences ?? [])} />
      )}
      {status.release && <Phase title={t('operation.releasing')} phase={status.release} waves={plan.undo.release ?? []} />}
    </section>
  );
};

interface PhaseProps {
  title: string;
  phase: NonNullable<WireOperation['status']['undo']>;
  waves: WireOperation['spec']['waves'];
}

/** The way back, or giving it up: its own steps, asked for by somebody. Steps that are not needed have no record. */
const Phase = ({ title, phase, waves }: PhaseProps) => {
  const { t } = useText();
  const records = new Map(phase.steps.map((record) => [record.id, record]));
  const needed = waves.map((wave) => wave.filter((step) => records.has(step.id))).filter((wave) => wave.length > 0);
  return (
    <section className={styles.phase} aria-label={title}>
      <Text as="h4" variant="body-medium" weight="bold">
        {title}
      </Text>
      <Text as="p" variant="body-small" color="secondary">
        {t('operation.by', { who: shortRef(phase.requestedBy), when: atTime(phase.requestedAt) })}
      </Text>
      <ol className={styles.waves}>
        {needed.map((wave) => (
          <li key={wave.map((step) => step.id).join(' ')}>
            <Wave steps={wave} records={records} />
          </li>
        ))}
      </ol>
    </section>
  );
};
