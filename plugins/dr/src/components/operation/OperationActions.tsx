import { Button, Text } from '@backstage/ui';
import { useState } from 'react';
import { useText } from '../../text/useText.ts';
import type { OperationAction } from './actions.ts';
import styles from './OperationView.module.css';

interface OperationActionsProps {
  actions: readonly OperationAction[];
  onAct(action: OperationAction): void;
}

/** These lose something for good: they are asked about once more, with what is lost. */
const asked = ['undo', 'confirm'] as const;
type Asked = (typeof asked)[number];
const isAsked = (action: OperationAction): action is Asked => asked.includes(action as Asked);

export const OperationActions = ({ actions, onAct }: OperationActionsProps) => {
  const { t } = useText();
  const [asking, setAsking] = useState<Asked>();
  if (asking && actions.includes(asking)) {
    return (
      <div className={styles.question} role="group" aria-label={t(`operation.${asking}`)}>
        <Text as="p">{t(`operation.ask.${asking}`)}</Text>
        <div className={styles.actions}>
          <Button
            size="small"
            variant="primary"
            autoFocus
            onPress={() => {
              setAsking(undefined);
              onAct(asking);
            }}
          >
            {t(`operation.yes.${asking}`)}
          </Button>
          <Button size="small" variant="secondary" onPress={() => setAsking(undefined)}>
            {t('operation.no')}
          </Button>
        </div>
      </div>
    );
  }
  return actions.map((action) => (
    <Button
      key={action}
      size="small"
      variant={action === 'approve' ? 'primary' : 'secondary'}
      onPress={() => (isAsked(action) ? setAsking(action) : onAct(action))}
    >
      {t(`operation.${action}`)}
    </Button>
  ));
};
