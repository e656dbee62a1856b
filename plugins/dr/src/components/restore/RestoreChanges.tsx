import { Accordion, AccordionPanel, AccordionTrigger } from '@backstage/ui';
import type { WirePlan } from '@kubectl-dr/core/wire/plan';
import { useText } from '../../text/useText.ts';
import styles from './RestoreDialog.module.css';

type Change = WirePlan['spec']['changes'][number];

const show = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value)) ?? '–';

const ChangeRow = ({ change }: { change: Change }) => {
  const { t } = useText();
  return (
    <li className={styles.change}>
      <span className={styles.kind}>{change.kind}</span>
      <span>
        {change.namespace ? `${change.namespace}/${change.name}` : change.name}
        {change.fields?.map((field) => (
          <span key={field.path} className={styles.field}>
            {t('restore.field', { path: field.path, from: show(field.from), to: show(field.to) })}
            {field.why && ` (${field.why})`}
          </span>
        ))}
      </span>
    </li>
  );
};

/** How many objects come into being, which of them differ from the original and why; the list on demand. */
export const RestoreChanges = ({ plan }: { plan: WirePlan['spec'] }) => {
  const { t } = useText();
  const of = (action: Change['action']) => plan.changes.filter((change) => change.action === action);
  const created = of('create');
  const rewritten = created.filter((change) => change.fields?.length);
  const namespaces = plan.target.flatMap((target) => target.namespaces.map((name) => `${name} (${target.cluster})`)).join(', ');
  const others = (['change', 'conflict', 'remove'] as const).map((action) => [action, of(action)] as const);
  const text = { change: 'restore.changed', conflict: 'restore.conflicts', remove: 'restore.removed' } as const;
  if (plan.changes.length === 0) return null;
  return (
    <section className={styles.section} aria-label={t('restore.changes')}>
      <ul className={styles.summary}>
        {created.length > 0 && <li>{t('restore.created', { count: created.length, namespaces })}</li>}
        {rewritten.length > 0 && <li>{t('restore.rewrites', { count: rewritten.length })}</li>}
        {others.map(([action, list]) => list.length > 0 && <li key={action}>{t(text[action], { count: list.length })}</li>)}
      </ul>
      <Accordion>
        <AccordionTrigger>
          <span className={styles.trigger}>{t('restore.changes')}</span>
        </AccordionTrigger>
        <AccordionPanel>
          <ul className={styles.changes}>
            {[...rewritten, ...plan.changes.filter((change) => !rewritten.includes(change) && change.action !== 'leave')].map((change) => (
              <ChangeRow key={`${change.cluster}/${change.kind}/${change.namespace ?? ''}/${change.name}`} change={change} />
            ))}
          </ul>
        </AccordionPanel>
      </Accordion>
    </section>
  );
};
