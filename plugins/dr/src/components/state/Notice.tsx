import { Alert } from '@backstage/ui';
import type { ReactNode } from 'react';
import styles from './Notice.module.css';

export interface NoticeProps {
  status: 'info' | 'warning' | 'danger';
  title: string;
  text: string;
  hint?: string;
  actions?: ReactNode;
}

/** What is the case, and what to do about it. Announced politely when it appears. */
export const Notice = ({ status, title, text, hint, actions }: NoticeProps) => (
  <Alert
    role="status"
    status={status}
    icon
    title={title}
    description={
      <span className={styles.text}>
        <span>{text}</span>
        {hint && <span>{hint}</span>}
      </span>
    }
    customActions={actions}
  />
);
