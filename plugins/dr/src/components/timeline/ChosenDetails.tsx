import { Button, Text } from '@backstage/ui';
import type { ReactNode } from 'react';
import styles from '../tab/RecoveryTab.module.css';

interface ChosenDetailsProps {
  /** What was chosen: `Chosen point`. */
  kind: string;
  name: string;
  /** Its label and what it does; absent where there is nothing to do. */
  action?: { label: string; onPress(): void };
  facts: readonly (readonly [label: string, value: string | undefined])[];
  children: ReactNode;
}

/** What was chosen on the timeline: its name, what can be done with it, facts, and below them what it holds. */
export const ChosenDetails = ({ kind, name, action, facts, children }: ChosenDetailsProps) => (
  <section className={styles.point} aria-label={`${kind}: ${name}`} role="region">
    <div className={styles.pointHead}>
      <Text as="h4" variant="body-large" weight="bold">
        {name}
      </Text>
      {action && (
        <Button size="small" variant="secondary" onPress={action.onPress}>
          {action.label}
        </Button>
      )}
    </div>
    <dl className={styles.facts}>
      {facts
        .filter(([, value]) => value)
        .map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
    {children}
  </section>
);
