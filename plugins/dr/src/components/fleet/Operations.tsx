import { Text } from '@backstage/ui';
import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { operationParameter, useSearchParameter } from '../../hooks/useSearchParameter.ts';
import { useText } from '../../text/useText.ts';
import { useAllowed } from '../../hooks/useAllowed.ts';
import { mayNothing } from '../operation/actions.ts';
import { LiveOperation } from '../operation/LiveOperation.tsx';
import { OperationList } from '../operation/OperationList.tsx';
import { isOver } from '../operation/states.ts';

/** How many finished ones are listed below those that run. */
const latest = 10;

/** What runs anywhere in the fleet, and what ran last; the open one is in the address. */
export const Operations = ({ operations }: { operations: readonly WireOperation[] }) => {
  const { t } = useText();
  const [open, setOpen] = useSearchParameter(operationParameter);
  const waiting = operations.filter(({ status }) => status.state === 'WaitingForApproval');
  const running = operations.filter(({ status }) => !isOver(status.state) && status.state !== 'WaitingForApproval');
  const finished = operations
    .filter((operation) => isOver(operation.status.state))
    .sort((a, b) => b.status.requestedAt.localeCompare(a.status.requestedAt))
    .slice(0, latest);
  const listed = [...waiting, ...running, ...finished];
  const may = useAllowed(listed.map(({ spec }) => spec.application));
  const props = { open, onOpen: setOpen, may: (operation: WireOperation) => may(operation.spec.application) };
  return (
    <>
      {open && !listed.some((operation) => operation.metadata.name === open) && <LiveOperation id={open} may={mayNothing} />}
      {waiting.length > 0 && (
        <>
          <Text as="h3" variant="body-medium" weight="bold">
            {t('fleet.approvals', { count: waiting.length })}
          </Text>
          <OperationList operations={waiting} {...props} />
        </>
      )}
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
