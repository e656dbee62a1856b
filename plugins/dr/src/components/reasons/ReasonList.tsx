import { RiAlertLine, RiErrorWarningLine, RiInformationLine, RiForbidLine, type RemixiconComponentType } from '@remixicon/react';
import type { WireReason } from '@kubectl-dr/core/wire/common';
import { useReasonTitle } from '../../text/reasons.ts';
import { useText } from '../../text/useText.ts';
import { tellOnce } from './alike.ts';
import styles from './ReasonList.module.css';

const icons: Record<WireReason['severity'], RemixiconComponentType> = {
  blocker: RiForbidLine,
  critical: RiErrorWarningLine,
  warning: RiAlertLine,
  info: RiInformationLine,
};
interface ReasonListProps {
  reasons: readonly WireReason[];
  /** The worst ones only, and how many are left. */
  limit?: number;
  label?: string;
  /** Next steps by code, where the page itself has what the command line would say with a flag. */
  fixes?: Readonly<Record<string, string>>;
}

/** Each reason with its next step. */
export const ReasonList = ({ reasons, limit, label, fixes }: ReasonListProps) => {
  const { t } = useText();
  const titleOf = useReasonTitle();
  const told = tellOnce(reasons);
  const shown = limit === undefined ? told : told.slice(0, limit);
  const left = told.length - shown.length;
  if (shown.length === 0) return null;
  return (
    <>
      <ul className={styles.list} data-short={limit !== undefined} aria-label={label ?? t('reasons.title')}>
        {shown.map(({ reason, alsoOf }, index) => {
          const Icon = icons[reason.severity];
          const title = titleOf(reason.code);
          return (
            <li key={`${reason.code}-${index}`} className={styles.reason} data-severity={reason.severity}>
              <Icon size={18} className={styles.icon} aria-label={t(`reasons.severity.${reason.severity}`)} role="img" />
              <div>
                {title && <div className={styles.title}>{title}</div>}
                <div className={styles.message} lang="en">
                  {reason.message}
                </div>
                {alsoOf.length > 0 && <div className={styles.fix}>{t('reasons.alsoOf', { components: alsoOf.join(', ') })}</div>}
                {reason.fix && (
                  <div className={styles.fix}>
                    {t('reasons.fix')}: {fixes?.[reason.code] ?? reason.fix}
                  </div>
                )}
              </div>
            </li>
          );
        })}
      </ul>
      {left > 0 && <div className={styles.fix}>{t('card.more', { count: left })}</div>}
    </>
  );
};
