import type { PortalApplication } from '../../api/drApi.ts';
import { useStartedOperation } from '../../hooks/useStartedOperation.ts';
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
  const started = useStartedOperation(onClose);
  return <RestoreDialog {...choice} applicationRef={refOf(application)} application={application} {...started} />;
};
