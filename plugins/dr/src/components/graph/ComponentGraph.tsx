import { useEntityRefLink } from '@backstage/plugin-catalog-react';
import { Link, Text, VisuallyHidden } from '@backstage/ui';
import { useId, useMemo } from 'react';
import type { PortalApplication } from '../../api/drApi.ts';
import { recoveryPath } from '../../routes.ts';
import { useText } from '../../text/useText.ts';
import { VerdictIcon } from '../verdict/VerdictBadge.tsx';
import { verdictTone } from '../verdict/verdicts.ts';
import styles from './ComponentGraph.module.css';
import { box, curve, edge, gap, leftOf, topOf } from './curve.ts';
import { layoutOf } from './layout.ts';

interface ComponentGraphProps {
  application: PortalApplication;
  /** In a choice: those that are chosen; a press asks for another choice. Absent: boxes are links. */
  chosen?: readonly string[];
  onToggle?(component: string): void;
}

/**
 * Components as boxes, coloured by verdict, an arrow to whatever each needs. The boxes are a list in reading order: what
 * users meet first, then what that needs, each with its verdict and its needs in words; the arrows repeat them for the eye.
 */
export const ComponentGraph = ({ application, chosen, onToggle }: ComponentGraphProps) => {
  const { t } = useText();
  const marker = useId();
  const entityLink = useEntityRefLink();
  const { components } = application.spec;
  const { nodes, edges, layers, rows } = useMemo(() => layoutOf(components), [components]);
  const specs = new Map(components.map((component) => [component.name, component]));
  const verdicts = new Map(application.status.components.map(({ name, verdict }) => [name, verdict]));
  const width = 2 * edge + layers * box.width + Math.max(0, layers - 1) * gap.x;
  const height = 2 * edge + rows * box.height + Math.max(0, rows - 1) * gap.y;
  const faded = (name: string): boolean => chosen !== undefined && !chosen.includes(name);
  return (
    <div>
      <div className={styles.frame} role="region" aria-label={t('graph.title')} tabIndex={0}>
        <div className={styles.canvas} style={{ width, height }}>
          <svg width={width} height={height} aria-hidden className={styles.edges}>
            <defs>
              <marker id={marker} viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto">
                <path d="M0 0 8 4 0 8Z" className={styles.head} />
              </marker>
            </defs>
            {edges.map(({ from, to }) => (
              <path
                key={`${from.name} ${to.name}`}
                d={curve(from, to)}
                className={styles.edge}
                data-faded={faded(from.name) || faded(to.name)}
                markerEnd={`url(#${marker})`}
              />
            ))}
          </svg>
          <ol className={styles.nodes}>
            {nodes.map((node) => {
              const spec = specs.get(node.name)!;
              const verdict = verdicts.get(node.name) ?? 'Unknown';
              const content = (
                <>
                  <VerdictIcon verdict={verdict} size={18} />
                  <span className={styles.label}>
                    <span className={styles.name} title={node.name}>
                      {node.name}
                    </span>
                    <span className={styles.verdict}>{t(`verdict.${verdict}`)}</span>
                  </span>
                  {spec.dependsOn.length > 0 && (
                    <VisuallyHidden>{`, ${t('graph.needs', { names: spec.dependsOn.join(', ') })}`}</VisuallyHidden>
                  )}
                </>
              );
              const place = { left: leftOf(node.layer), top: topOf(node.row), width: box.width, height: box.height };
              return (
                <li key={node.name} className={styles.node} data-tone={verdictTone[verdict]} data-faded={faded(node.name)} style={place}>
                  {onToggle ? (
                    <button type="button" className={styles.face} aria-pressed={!faded(node.name)} onClick={() => onToggle(node.name)}>
                      {content}
                    </button>
                  ) : spec.entityRef ? (
                    <Link className={styles.face} href={`${entityLink(spec.entityRef)}/${recoveryPath}`}>
                      {content}
                    </Link>
                  ) : (
                    <span className={styles.face}>{content}</span>
                  )}
                </li>
              );
            })}
          </ol>
        </div>
      </div>
      {edges.length > 0 && (
        <Text as="p" variant="body-small" color="secondary">
          {t('graph.help')}
        </Text>
      )}
    </div>
  );
};
