import { stringifyEntityRef } from '@backstage/catalog-model';
import { useApi } from '@backstage/core-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { drApiRef } from '../../api/drApi.ts';
import { fleetRhythm } from '../../hooks/rhythms.ts';
import { useLive } from '../../hooks/useLive.ts';
import { useText } from '../../text/useText.ts';
import { refOf } from '../restore/refOf.ts';
import { Loading } from '../state/Loading.tsx';
import { Notice } from '../state/Notice.tsx';
import { Problem } from '../state/Problem.tsx';
import { RecoveryView } from './RecoveryView.tsx';

/** The tab of an entity: its application, whatever part of it the entity is. */
export const RecoveryTab = () => {
  const { t } = useText();
  const api = useApi(drApiRef);
  const { entity } = useEntity();
  const entityRef = stringifyEntityRef(entity);
  const { data, error, loading, refresh } = useLive(entityRef, () => api.status(entityRef), fleetRhythm);
  if (loading) return <Loading lines={6} />;
  return (
    <>
      {error && <Problem error={error} onRetry={refresh} />}
      {data?.kind === 'unknown' && (
        <Notice
          status="info"
          title={t('state.notAnnotated.title')}
          text={t('state.notAnnotated.text')}
          hint={t('state.notAnnotated.hint')}
        />
      )}
      {data?.kind === 'forbidden' && (
        <Notice
          status="info"
          title={t('state.notPermitted.title')}
          text={data.message ?? t('state.notPermitted.text')}
          hint={data.hint ?? t('state.notPermitted.hint')}
        />
      )}
      {data?.kind === 'ready' && (
        <RecoveryView application={data.application} applicationRef={refOf(data.application)} component={data.component} />
      )}
    </>
  );
};
