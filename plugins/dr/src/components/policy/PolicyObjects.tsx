import { RiAddCircleLine, RiCheckLine, RiDeleteBinLine, RiEditLine, RiForbidLine, type RemixiconComponentType } from '@remixicon/react';
import { Accordion, AccordionPanel, AccordionTrigger, Text } from '@backstage/ui';
import type { PortalPolicy } from '@kubectl-dr/backstage-plugin-dr-common';
import { atTime } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import { ReasonList } from '../reasons/ReasonList.tsx';
import styles from './Policy.module.css';

type Reconciliation = PortalPolicy['reconciliation'];
type PolicyObject = Reconciliation['objects'][number];

const icons: Record<PolicyObject['status']['action'], RemixiconComponentType> = {
  same: RiCheckLine,
  create: RiAddCircleLine,
  change: RiEditLine,
  conflict: RiForbidLine,
  remove: RiDeleteBinLine,
};
const order: readonly PolicyObject['status']['action'][] = ['conflict', 'change', 'remove', 'create', 'same'];

const show = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? '–'));
const nameOf = ({ metadata, spec }: PolicyObject): string =>
  `${spec.object.kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;

const PolicyObjectRow = ({
  object,
  correction,
}: {
  object: PolicyObject;
  correction: Reconciliation['corrections'][number] | undefined;
}) => {
  const { t } = useText();
  const { metadata, spec, status } = object;
  const Icon = icons[status.action];
  return (
    <li className={styles.object} data-action={status.action}>
      <Icon size={18} aria-hidden />
      <div>
        <div>
          <strong>{nameOf(object)}</strong> {t('policy.on', { cluster: metadata.cluster ?? '', application: spec.application })}:{' '}
          {t(`policy.action.${status.action}`)}
        </div>
        {status.why && <div className={styles.secondary}>{status.why}</div>}
        {status.fields?.map(({ path, from, to }) => (
          <div key={path} className={styles.field}>
            {t('policy.field', { path, is: show(from), wanted: show(to) })}
          </div>
        ))}
        {correction && (
          <div className={styles.secondary}>
            {correction.error === undefined
              ? t('policy.corrected', { time: atTime(correction.at) })
              : t('policy.notCorrected', { time: atTime(correction.at), error: correction.error })}
          </div>
        )}
      </div>
    </li>
  );
};

/** What the policy asks of engines, beside what is there. */
export const PolicyObjects = ({ reconciliation }: { reconciliation: Reconciliation }) => {
  const { t } = useText();
  const { mode, prune, comparedAt, objects, reasons, corrections } = reconciliation;
  const sorted = objects.toSorted((a, b) => order.indexOf(a.status.action) - order.indexOf(b.status.action));
  const drifted = objects.filter(({ status }) => status.action !== 'same').length;
  const manifests = objects.filter(({ status }) => status.action !== 'remove');
  return (
    <>
      <Text as="p" color="secondary">
        {t(`policy.mode.${mode}`)} {mode === 'apply' && t(prune ? 'policy.pruned' : 'policy.notPruned')}
        {comparedAt && ` ${t('policy.comparedAt', { time: atTime(comparedAt) })}`}
      </Text>
      {mode !== 'off' && comparedAt === undefined && <Text as="p">{t('policy.notCompared')}</Text>}
      {comparedAt && objects.length === 0 && <Text as="p">{t('policy.noObjects')}</Text>}
      {objects.length > 0 && (
        <>
          <p className={styles.headline} data-good={drifted === 0}>
            {drifted === 0
              ? t('policy.allSame', { count: objects.length })
              : t('policy.drift', { count: drifted, total: String(objects.length) })}
          </p>
          <ul className={styles.objects} aria-label={t('policy.objects')}>
            {sorted.map((object) => (
              <PolicyObjectRow
                key={`${object.metadata.cluster} ${nameOf(object)}`}
                object={object}
                correction={corrections.find((one) => one.cluster === object.metadata.cluster && one.object === nameOf(object))}
              />
            ))}
          </ul>
        </>
      )}
      {reasons.length > 0 && (
        <div>
          <Text as="h4" variant="body-medium" weight="bold">
            {t('policy.unrendered')}
          </Text>
          <ReasonList reasons={reasons} label={t('policy.unrendered')} />
        </div>
      )}
      {manifests.length > 0 && (
        <Accordion>
          <AccordionTrigger>
            <span className={styles.trigger}>{t('policy.manifests')}</span>
          </AccordionTrigger>
          <AccordionPanel>
            {manifests.map((object) => (
              <div key={`${object.metadata.cluster} ${nameOf(object)}`}>
                <Text as="h4" variant="body-small" weight="bold">
                  {`${nameOf(object)}, ${object.metadata.cluster ?? ''}`}
                </Text>
                <pre className={styles.manifest}>{JSON.stringify(object.spec.object, undefined, 2)}</pre>
              </div>
            ))}
          </AccordionPanel>
        </Accordion>
      )}
    </>
  );
};
