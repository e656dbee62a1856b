import type { PortalApplication } from '../../api/drApi.ts';
import { operationParameter, useSearchParameter } from '../../hooks/useSearchParameter.ts';
import { RestoreDialog } from './RestoreDialog.tsx';
import type { RestoreMode } from './useRestore.ts';
import { refOf } from './refOf.ts';

interface RestoreFlowProps {
  application: PortalApplication;
  components?: string[];
  point?: string;
  mode?: RestoreMode;
  onClose(): void;
}

/** The dialog, with the operation it started in the page's address: a reload comes back to it. */
export const RestoreFlow = ({ application, onClose, ...choice }: RestoreFlowProps) => {
  const [operation, setOperation] = useSearchParameter(operationParameter);
  return (
    <RestoreDialog
      {...choice}
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
