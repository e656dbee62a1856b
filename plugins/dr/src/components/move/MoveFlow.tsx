import type { PortalApplication } from '../../api/drApi.ts';
import { operationParameter, useSearchParameter } from '../../hooks/useSearchParameter.ts';
import { refOf } from '../restore/refOf.ts';
import { MoveDialog } from './MoveDialog.tsx';

/** The dialog, with the operation it started in the page's address: a reload comes back to it. */
export const MoveFlow = ({ application, onClose }: { application: PortalApplication; onClose(): void }) => {
  const [operation, setOperation] = useSearchParameter(operationParameter);
  return (
    <MoveDialog
      applicationRef={refOf(application)}
      application={application}
      operation={operation}
      onStarted={setOperation}
      onClose={() => {
        setOperation(undefined);
        onClose();
      }}
    />
  );
};
