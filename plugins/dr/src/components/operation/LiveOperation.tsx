import { useAnalytics, useApi } from '@backstage/core-plugin-api';
import { useState } from 'react';
import { drApiRef } from '../../api/drApi.ts';
import { useOperation } from '../../hooks/useOperation.ts';
import { Loading } from '../state/Loading.tsx';
import { Problem } from '../state/Problem.tsx';
import { OperationView } from './OperationView.tsx';

/** An operation by its id, kept fresh, with what the backend lets this user do to it. */
export const LiveOperation = ({ id, mayAct, untitled }: { id: string; mayAct: boolean; untitled?: boolean }) => {
  const api = useApi(drApiRef);
  const analytics = useAnalytics();
  const { data, error, loading, refresh } = useOperation(id);
  const [refused, setRefused] = useState<Error>();
  if (loading) return <Loading />;
  if (!data) return <Problem error={error ?? new Error()} onRetry={refresh} />;

  const act = (verb: 'cancel' | 'resume') => async () => {
    analytics.captureEvent(verb, 'dr operation', { attributes: { intent: data.spec.intent } });
    setRefused(undefined);
    try {
      await (verb === 'cancel' ? api.cancel(id) : api.resume(id));
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
        onCancel={mayAct ? () => void act('cancel')() : undefined}
        onResume={mayAct && data.status.state === 'WaitingOnUser' ? () => void act('resume')() : undefined}
      />
    </>
  );
};
