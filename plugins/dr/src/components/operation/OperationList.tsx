import { Accordion, AccordionGroup, AccordionPanel, AccordionTrigger } from '@backstage/ui';
import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { useText } from '../../text/useText.ts';
import type { MayAct } from './actions.ts';
import { headlineOf, startOf } from './headline.ts';
import { LiveOperation } from './LiveOperation.tsx';
import styles from './OperationView.module.css';
import { StateBadge } from './StateBadge.tsx';

interface OperationListProps {
  operations: readonly WireOperation[];
  /** The one that is open, by id. */
  open?: string;
  onOpen(id: string | undefined): void;
  may(operation: WireOperation): MayAct;
}

/** Newest first; the open one follows itself. */
export const OperationList = ({ operations, open, onOpen, may }: OperationListProps) => {
  const { t } = useText();
  const sorted = [...operations].sort((a, b) => b.status.requestedAt.localeCompare(a.status.requestedAt));
  return (
    <AccordionGroup expandedKeys={open === undefined ? [] : [open]} onExpandedChange={(keys) => onOpen([...keys].map(String).at(0))}>
      {sorted.map((operation) => {
        const id = operation.metadata.name;
        return (
          <Accordion key={id} id={id}>
            <AccordionTrigger>
              <span className={styles.entry}>
                <StateBadge state={operation.status.state} />
                <span>{headlineOf(operation, t)}</span>
                <span className={styles.by}>{startOf(operation, t)}</span>
              </span>
            </AccordionTrigger>
            <AccordionPanel>{open === id && <LiveOperation id={id} may={may(operation)} untitled />}</AccordionPanel>
          </Accordion>
        );
      })}
    </AccordionGroup>
  );
};
