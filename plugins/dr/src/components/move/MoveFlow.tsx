import type { PortalApplication } from '../../api/drApi.ts';
import { useStartedOperation } from '../../hooks/useStartedOperation.ts';
import { refOf } from '../restore/refOf.ts';
import { MoveDialog } from './MoveDialog.tsx';

/** The dialog, with the operation it started in the page's address: a reload comes back to it. */
export const MoveFlow = ({ application, onClose }: { application: PortalApplication; onClose(): void }) => {
  const started = useStartedOperation(onClose);
  return <MoveDialog applicationRef={refOf(application)} application={application} {...started} />;
};
