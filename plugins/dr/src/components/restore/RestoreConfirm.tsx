import { TextField } from '@backstage/ui';
import type { PortalPlan } from '@kubectl-dr/backstage-plugin-dr-common';
import { shortRef } from '../../text/shortRef.ts';
import { useText } from '../../text/useText.ts';
import { Notice } from '../state/Notice.tsx';
import styles from './RestoreDialog.module.css';

interface RestoreConfirmProps {
  application: string;
  rule: PortalPlan['selfService'];
  owner?: string;
  typed: string;
  onType(typed: string): void;
  reason: string;
  onReason(reason: string): void;
}

/** What a person has to say before something that runs is changed: its name, and why; and who else has to agree. */
export const RestoreConfirm = ({ application, rule, owner, typed, onType, reason, onReason }: RestoreConfirmProps) => {
  const { t } = useText();
  if (rule === 'operator') return <Notice status="info" title={t('restore.operatorOnly')} text={t('restore.operatorOnlyText')} />;
  return (
    <>
      {rule === 'approval' && (
        <Notice
          status="info"
          title={t('restore.approvalNeeded')}
          text={t('restore.approvalText', { owner: owner === undefined ? '?' : shortRef(owner) })}
        />
      )}
      <div className={styles.choices}>
        <TextField label={t('restore.typeName', { application })} value={typed} onChange={onType} autoComplete="off" />
        <TextField label={t('restore.reason')} value={reason} onChange={onReason} maxLength={1000} />
      </div>
    </>
  );
};
