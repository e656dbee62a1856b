import { Accordion, AccordionPanel, AccordionTrigger } from '@backstage/ui';
import { isMove } from '@kubectl-dr/core/planning/intent';
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

type Action = Change['action'];
const groups: readonly Exclude<Action, 'leave'>[] = ['change', 'remove', 'conflict', 'create'];

const keyOf = ({ cluster, kind, namespace, name }: Change): string => `${cluster}/${kind}/${namespace ?? ''}/${name}`;

/** How many objects come into being, are changed or go, and why; the list with every field on demand. */
export const RestoreChanges = ({ plan }: { plan: WirePlan['spec'] }) => {
  const { t } = useText();
  const of = (action: Action) => plan.changes.filter((change) => change.action === action);
  const clone = (plan.mode ?? 'clone') === 'clone';
  const created = of('create');
  const rewritten = clone ? created.filter((change) => change.fields?.length).length : 0;
  const left = of('leave').length;
  // A move has where it comes from among its targets as well, and creates nothing there.
  const receives = (cluster: string, name: string) =>
    created.some((change) => change.cluster === cluster && (change.namespace ?? change.name) === name);
  const namespaces = plan.target
    .flatMap(({ cluster, namespaces: names }) => names.filter((name) => receives(cluster, name)).map((name) => `${name} (${cluster})`))
    .join(', ');
  const title = (action: Exclude<Action, 'leave'>, count: number): string => {
    if (action === 'create') return t('restore.created', { count, namespaces });
    return t(`restore.${({ change: 'changed', conflict: 'conflicts', remove: 'removed' } as const)[action]}`, { count });
  };
  const shown = groups.map((action) => ({ action, list: of(action) })).filter(({ list }) => list.length > 0);
  if (plan.changes.length === 0) return null;
  return (
    <section className={styles.section} aria-label={t('restore.changes')}>
      <ul className={styles.summary}>
        {shown.map(({ action, list }) => (
          <li key={action}>{title(action, list.length)}</li>
        ))}
        {rewritten > 0 && <li>{t(isMove(plan.intent) ? 'restore.mapped' : 'restore.rewrites', { count: rewritten })}</li>}
        {!clone && left > 0 && <li>{t('restore.left', { count: left })}</li>}
      </ul>
      {shown.length > 0 && (
        <Accordion>
          <AccordionTrigger>
            <span className={styles.trigger}>{t('restore.changes')}</span>
          </AccordionTrigger>
          <AccordionPanel>
            {shown.map(({ action, list }) => (
              <section key={action} className={styles.section}>
                {shown.length > 1 && <h4 className={styles.group}>{title(action, list.length)}</h4>}
                <ul className={styles.changes}>
                  {list
                    .toSorted((a, b) => (b.fields?.length ?? 0) - (a.fields?.length ?? 0))
                    .map((change) => (
                      <ChangeRow key={keyOf(change)} change={change} />
                    ))}
                </ul>
              </section>
            ))}
          </AccordionPanel>
        </Accordion>
      )}
    </section>
  );
};
