import { Accordion, AccordionGroup, AccordionPanel, AccordionTrigger } from '@backstage/ui';
import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { useText } from '../../text/useText.ts';
import { headlineOf, startOf } from './headline.ts';
import { LiveOperation } from './LiveOperation.tsx';
import { OperationView } from './OperationView.tsx';
import styles from './OperationView.module.css';
import { StateBadge } from './StateBadge.tsx';
import { isOver } from './states.ts';

interface OperationListProps {
  operations: readonly WireOperation[];
  /** The one that is open, by id. */
  open?: string;
  onOpen(id: string | undefined): void;
  mayAct(operation: WireOperation): boolean;
}

/** Newest first; an open one that is not over follows itself. */
export const OperationList = ({ operations, open, onOpen, mayAct }: OperationListProps) => {
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
            <AccordionPanel>
              {open === id &&
                (isOver(operation.status.state) ? (
                  <OperationView operation={operation} untitled />
                ) : (
                  <LiveOperation id={id} mayAct={mayAct(operation)} untitled />
                ))}
            </AccordionPanel>
          </Accordion>
        );
      })}
    </AccordionGroup>
  );
};
