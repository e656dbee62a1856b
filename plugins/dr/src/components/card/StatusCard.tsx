import { stringifyEntityRef } from '@backstage/catalog-model';
import { useAnalytics, useApi } from '@backstage/core-plugin-api';
import { useEntity, useEntityRefLink } from '@backstage/plugin-catalog-react';
import { Button, ButtonLink, Card, CardBody, CardFooter, CardHeader, Text } from '@backstage/ui';
import { lazy, Suspense, useState } from 'react';
import { drApiRef, type PortalApplication } from '../../api/drApi.ts';
import { fleetRhythm } from '../../hooks/rhythms.ts';
import { useLive } from '../../hooks/useLive.ts';
import { operationParameter, useSearchParameter } from '../../hooks/useSearchParameter.ts';
import { recoveryPath } from '../../routes.ts';
import { shortRef } from '../../text/shortRef.ts';
import { useText } from '../../text/useText.ts';
import { ReasonList } from '../reasons/ReasonList.tsx';
import { restorableOf } from '../restore/restorable.ts';
import { Absent } from '../state/Absent.tsx';
import { Loading } from '../state/Loading.tsx';
import { Notice } from '../state/Notice.tsx';
import { noticesOf, saidByNotice } from '../state/notices.ts';
import { Problem } from '../state/Problem.tsx';
import { VerdictBadge } from '../verdict/VerdictBadge.tsx';
import styles from './StatusCard.module.css';
import { StatusFacts } from './StatusFacts.tsx';
import { subjectOf } from './subject.ts';

// Only who presses the button pays for the dialog; the card loads on every entity page.
const loadDialog = () => import('../restore/RestoreFlow.tsx');
const RestoreFlow = lazy(async () => ({ default: (await loadDialog()).RestoreFlow }));

const Ready = ({ application, component }: { application: PortalApplication; component?: string }) => {
  const { t } = useText();
  const analytics = useAnalytics();
  // An operation in the address: the page was reloaded while the dialog followed it.
  const [operation] = useSearchParameter(operationParameter);
  const [restoring, setRestoring] = useState(operation !== undefined);
  const subject = subjectOf(application, component);
  const reasons = subject.reasons.filter((reason) => !saidByNotice.has(reason.code));
  const { owner } = application.spec;
  const may = application.allowed.restore;
  const restorable = restorableOf(application, component);
  return (
    <>
      {noticesOf(application, t).map((notice) => (
        <Notice key={notice.title} {...notice} />
      ))}
      <StatusFacts application={application} component={component} subject={subject} />
      <ReasonList reasons={reasons} limit={1} />
      {may ? (
        <div>
          <Button
            variant="primary"
            isDisabled={restorable.length === 0}
            onHoverStart={() => void loadDialog()}
            onPress={() => {
              analytics.captureEvent('open', 'dr restore dialog', { attributes: { from: 'card' } });
              setRestoring(true);
            }}
          >
            {t('card.restore')}
          </Button>
          {restorable.length === 0 && (
            <Text as="p" variant="body-small" color="secondary">
              {t('card.nothingToRestore')}
            </Text>
          )}
        </div>
      ) : (
        <Text as="p" variant="body-small" color="secondary">
          {t('card.restoreWhyNot', { owner: owner ? shortRef(owner) : t('card.nobody') })}
        </Text>
      )}
      {restoring && (
        <Suspense fallback={null}>
          <RestoreFlow application={application} components={restorable} onClose={() => setRestoring(false)} />
        </Suspense>
      )}
    </>
  );
};

/** On every Component, Resource and System: is it safe, how fresh would it come back, and one button. */
export const StatusCard = () => {
  const { t } = useText();
  const api = useApi(drApiRef);
  const { entity } = useEntity();
  const entityRef = stringifyEntityRef(entity);
  const entityLink = useEntityRefLink();
  const { data, error, loading, refresh } = useLive(entityRef, () => api.status(entityRef), fleetRhythm);
  const ready = data?.kind === 'ready' ? data : undefined;
  return (
    <Card>
      <CardHeader className={styles.header}>
        <Text as="h2" variant="title-x-small" weight="bold">
          {t('card.title')}
        </Text>
        {ready && <VerdictBadge verdict={subjectOf(ready.application, ready.component).verdict} />}
      </CardHeader>
      <CardBody className={styles.body}>
        {loading && <Loading />}
        {error && <Problem error={error} onRetry={refresh} />}
        {data && <Absent status={data} />}
        {ready && <Ready application={ready.application} component={ready.component} />}
      </CardBody>
      {ready && (
        <CardFooter>
          <ButtonLink variant="tertiary" size="small" href={`${entityLink(entity)}/${recoveryPath}`}>
            {t('card.details')}
          </ButtonLink>
        </CardFooter>
      )}
    </Card>
  );
};
