import type { WireRecoveryPoint } from '@kubectl-dr/core/wire/protection';
import type { PortalApplication } from '../../api/drApi.ts';
import { clusterNow } from '../../text/time.ts';
import { ComponentGraph } from '../graph/ComponentGraph.tsx';
import { PointTimeline } from '../timeline/PointTimeline.tsx';
import styles from './RestoreDialog.module.css';
import type { RestoreChoice } from './useRestore.ts';

/** Narrower than on the tab: what somebody goes back to is rarely older. */
const days = 7;

interface RestoreMapProps {
  application: PortalApplication;
  points: readonly WireRecoveryPoint[];
  choice: RestoreChoice;
  onChange(choice: RestoreChoice): void;
}

/** Points on a timeline, what needs what beside it: whatever is pressed is planned at once. */
export const RestoreMap = ({ application, points, choice, onChange }: RestoreMapProps) => {
  const toggle = (name: string) => {
    const { components } = choice;
    onChange({ ...choice, components: components.includes(name) ? components.filter((one) => one !== name) : [...components, name] });
  };
  return (
    <div className={styles.map}>
      {points.length > 0 && choice.components.length > 0 && (
        <PointTimeline
          points={points}
          components={choice.components}
          now={clusterNow(application.status.recoveryPoint)}
          days={days}
          chosen={choice.point}
          onChoose={(point) => onChange({ ...choice, point: point.spec.id })}
        />
      )}
      {application.spec.components.length > 1 && <ComponentGraph application={application} chosen={choice.components} onToggle={toggle} />}
    </div>
  );
};
