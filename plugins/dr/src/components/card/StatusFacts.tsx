import { type CompoundEntityRef, parseEntityRef } from '@backstage/catalog-model';
import { Link } from '@backstage/ui';
import { useEntityRefLink } from '@backstage/plugin-catalog-react';
import type { PortalApplication } from '../../api/drApi.ts';
import { shortRef } from '../../text/shortRef.ts';
import { atTime, clusterNow } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import { AgeBar } from '../age/AgeBar.tsx';
import { NextRun } from './NextRun.tsx';
import styles from './StatusCard.module.css';
import type { Subject } from './subject.ts';

/** Where an annotation points: a bare name is in the namespace `default`. Undefined for what is no reference; anybody may write one. */
function policyRefOf(text: string): CompoundEntityRef | undefined {
  try {
    return parseEntityRef(text, { defaultKind: 'DRPolicy', defaultNamespace: 'default' });
  } catch {
    return undefined;
  }
}

interface StatusFactsProps {
  application: PortalApplication;
  component?: string;
  subject: Subject;
}

export const StatusFacts = ({ application, component, subject }: StatusFactsProps) => {
  const { t } = useText();
  const entityLink = useEntityRefLink();
  const { owner, entityRef, title } = application.spec;
  const name = title ?? application.metadata.name;
  const policyRef = subject.policy === undefined ? undefined : policyRefOf(subject.policy);
  const who = owner ? <Link href={entityLink(owner)}>{shortRef(owner)}</Link> : undefined;
  return (
    <dl className={styles.facts}>
      <dt>{t('card.newest')}</dt>
      <dd>
        <AgeBar ageSeconds={subject.point?.ageSeconds} objectiveSeconds={subject.objectiveSeconds} />
      </dd>
      <dt>{t('card.nextRun')}</dt>
      <dd>
        <NextRun nextRun={subject.nextRun} now={clusterNow(subject.point)} />
      </dd>
      {subject.policy && (
        <>
          <dt>{t('card.policy')}</dt>
          <dd>{policyRef ? <Link href={entityLink(policyRef)}>{shortRef(subject.policy)}</Link> : subject.policy}</dd>
        </>
      )}
      {subject.provenAt && (
        <>
          <dt>{t('card.provenAt')}</dt>
          <dd>{atTime(subject.provenAt)}</dd>
        </>
      )}
      {component !== undefined && (
        <>
          <dt>{t('card.application')}</dt>
          <dd>{entityRef ? <Link href={entityLink(entityRef)}>{name}</Link> : name}</dd>
        </>
      )}
      <dt>{t('card.whoMayAct')}</dt>
      <dd>
        {who ?? t('card.nobody')}
        {who && t(application.allowed.restore ? 'card.andYou' : 'card.andOperators')}
      </dd>
    </dl>
  );
};
