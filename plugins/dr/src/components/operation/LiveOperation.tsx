import { useAnalytics, useApi } from '@backstage/core-plugin-api';
import { useState } from 'react';
import { drApiRef } from '../../api/drApi.ts';
import { useOperation } from '../../hooks/useOperation.ts';
import { useUser } from '../../hooks/useUser.ts';
import { Loading } from '../state/Loading.tsx';
import { Problem } from '../state/Problem.tsx';
import { type MayAct, type OperationAction, actionsOf } from './actions.ts';
import { OperationView } from './OperationView.tsx';

/** An operation by its id, kept fresh, with what the backend lets this user do to it. */
export const LiveOperation = ({ id, may, untitled }: { id: string; may: MayAct; untitled?: boolean }) => {
  const api = useApi(drApiRef);
  const analytics = useAnalytics();
  const user = useUser();
  const { data, error, loading, refresh } = useOperation(id);
  const [refused, setRefused] = useState<Error>();
  if (loading) return <Loading />;
  if (!data) return <Problem error={error ?? new Error()} onRetry={refresh} />;

  const act = async (action: OperationAction) => {
    analytics.captureEvent(action, 'dr operation', { attributes: { intent: data.spec.intent } });
    setRefused(undefined);
    try {
      await api[action](id);
    } catch (thrown) {
      setRefused(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
    refresh();
  };
  return (
    <>
      {refused && <Problem error={refused} />}
      {error && <Problem error={error} onRetry={refresh} />}
      <OperationView
        operation={data}
        untitled={untitled}
        actions={actionsOf(data, may, user, Date.now())}
        onAct={(action) => void act(action)}
      />
    </>
  );
};
