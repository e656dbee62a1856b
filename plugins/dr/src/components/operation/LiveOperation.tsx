import { useAnalytics, useApi } from '@backstage/core-plugin-api';
import { Text } from '@backstage/ui';
import type { WireOperation } from '@kubectl-dr/core/wire/plan';
import { useState } from 'react';
import { drApiRef } from '../../api/drApi.ts';
import type { Live } from '../../hooks/useLive.ts';
import { useOperation } from '../../hooks/useOperation.ts';
import { useUser } from '../../hooks/useUser.ts';
import { Loading } from '../state/Loading.tsx';
import { Problem } from '../state/Problem.tsx';
import { type MayAct, type OperationAction, actionsOf } from './actions.ts';
import { OperationView } from './OperationView.tsx';
import { goesOn } from './states.ts';

interface FollowedOperationProps {
  id: string;
  live: Live<WireOperation>;
  may: MayAct;
  untitled?: boolean;
  /** Said below it as long as it goes on without anybody. */
  whileRunning?: string;
}

/** An operation by its id, kept fresh, with what the backend lets this user do to it. */
export const LiveOperation = (props: Omit<FollowedOperationProps, 'live'>) => (
  <FollowedOperation {...props} live={useOperation(props.id)} />
);

/** The same, of what the caller follows itself. */
export const FollowedOperation = ({ id, live, may, untitled, whileRunning }: FollowedOperationProps) => {
  const api = useApi(drApiRef);
  const analytics = useAnalytics();
  const user = useUser();
  const { data, error, loading, refresh } = live;
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
      {whileRunning && goesOn(data.status.state) && (
        <Text as="p" variant="body-small" color="secondary">
          {whileRunning}
        </Text>
      )}
    </>
  );
};
