import { stringifyEntityRef } from '@backstage/catalog-model';
import { useApi } from '@backstage/core-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { drApiRef } from '../../api/drApi.ts';
import { fleetRhythm } from '../../hooks/rhythms.ts';
import { useLive } from '../../hooks/useLive.ts';
import { refOf } from '../restore/refOf.ts';
import { Absent } from '../state/Absent.tsx';
import { Loading } from '../state/Loading.tsx';
import { Problem } from '../state/Problem.tsx';
import { RecoveryView } from './RecoveryView.tsx';

/** The tab of an entity: its application, whatever part of it the entity is. */
export const RecoveryTab = () => {
  const api = useApi(drApiRef);
  const { entity } = useEntity();
  const entityRef = stringifyEntityRef(entity);
  const { data, error, loading, refresh } = useLive(entityRef, () => api.status(entityRef), fleetRhythm);
  if (loading) return <Loading lines={6} />;
  return (
    <>
      {error && <Problem error={error} onRetry={refresh} />}
      {data && <Absent status={data} />}
      {data?.kind === 'ready' && (
        <RecoveryView application={data.application} applicationRef={refOf(data.application)} component={data.component} />
      )}
    </>
  );
};
