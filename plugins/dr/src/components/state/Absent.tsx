import type { ResolvedStatus } from '@kubectl-dr/backstage-plugin-dr-common';
import { useText } from '../../text/useText.ts';
import { Notice } from './Notice.tsx';

/** Why nothing is shown of an entity: no application knows it, or one that may not be seen. */
export const Absent = ({ status }: { status: ResolvedStatus }) => {
  const { t } = useText();
  switch (status.kind) {
    case 'unknown':
      return (
        <Notice
          status="info"
          title={t('state.notAnnotated.title')}
          text={t('state.notAnnotated.text')}
          hint={t('state.notAnnotated.hint')}
        />
      );
    case 'forbidden':
      return (
        <Notice
          status="info"
          title={t('state.notPermitted.title')}
          text={status.message ?? t('state.notPermitted.text')}
          hint={status.hint ?? t('state.notPermitted.hint')}
        />
      );
    default:
      return null;
  }
};
