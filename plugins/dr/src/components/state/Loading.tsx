import { Skeleton, VisuallyHidden } from '@backstage/ui';
import { useEffect, useState } from 'react';
import { readingLimitSeconds } from '../../hooks/useLive.ts';
import { useText } from '../../text/useText.ts';
import styles from './Loading.module.css';

/** Grey lines, and after a few seconds a sentence that says when it ends. */
export const Loading = ({ lines = 3 }: { lines?: number }) => {
  const { t } = useText();
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 4000);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={styles.root} role="status" aria-busy="true">
      {slow ? (
        <span>{t('state.loadingSlow', { seconds: String(readingLimitSeconds) })}</span>
      ) : (
        <VisuallyHidden>{t('state.loading')}</VisuallyHidden>
      )}
      {Array.from({ length: lines }, (_, index) => (
        <Skeleton key={index} width={index === 0 ? '40%' : '100%'} height={index === 0 ? 24 : 14} rounded />
      ))}
    </div>
  );
};
