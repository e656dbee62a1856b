import { Text } from '@backstage/ui';
import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { operationParameter, useSearchParameter } from '../../hooks/useSearchParameter.ts';
import { useText } from '../../text/useText.ts';
import { LiveOperation } from '../operation/LiveOperation.tsx';
import { OperationList } from '../operation/OperationList.tsx';
import { isOver } from '../operation/states.ts';

/** How many finished ones are listed below those that run. */
const latest = 10;

interface OperationsProps {
  operations: readonly WireOperation[];
  /** Whether the signed-in user may act on operations of this application. */
  mayAct(application: string): boolean;
}

/** What runs anywhere in the fleet, and what ran last; the open one is in the address. */
export const Operations = ({ operations, mayAct }: OperationsProps) => {
  const { t } = useText();
  const [open, setOpen] = useSearchParameter(operationParameter);
  const running = operations.filter((operation) => !isOver(operation.status.state));
  const finished = operations
    .filter((operation) => isOver(operation.status.state))
    .sort((a, b) => b.status.requestedAt.localeCompare(a.status.requestedAt))
    .slice(0, latest);
  const listed = [...running, ...finished];
  const props = { open, onOpen: setOpen, mayAct: (operation: WireOperation) => mayAct(operation.spec.application) };
  return (
    <>
      {open && !listed.some((operation) => operation.metadata.name === open) && <LiveOperation id={open} mayAct={false} />}
      {running.length === 0 && <Text color="secondary">{t('fleet.noRunning')}</Text>}
      {running.length > 0 && <OperationList operations={running} {...props} />}
      {finished.length > 0 && (
        <>
          <Text as="h3" variant="body-medium" weight="bold">
            {t('fleet.recent')}
          </Text>
          <OperationList operations={finished} {...props} />
        </>
      )}
    </>
  );
};
