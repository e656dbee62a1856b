import { Button } from '@backstage/ui';
import { readingLimitSeconds } from '../../hooks/useLive.ts';
import { useText } from '../../text/useText.ts';
import { Notice } from './Notice.tsx';

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

interface ProblemProps {
  error: Error;
  title?: string;
  onRetry?(): void;
}

/** Whatever went wrong: what the backend said and its hint, or our own words where nothing was said. */
export const Problem = ({ error, title, onRetry }: ProblemProps) => {
  const { t } = useText();
  const hint = textOf((error as { hint?: unknown }).hint);
  const retry = onRetry && (
    <Button size="small" variant="secondary" onPress={onRetry}>
      {t('state.error.retry')}
    </Button>
  );
  if (error.name === 'NotAllowedError' || error.name === 'AuthenticationError') {
    return (
      <Notice
        status="info"
        title={t('state.notPermitted.title')}
        text={textOf(error.message) ?? t('state.notPermitted.text')}
        hint={hint ?? t('state.notPermitted.hint')}
      />
    );
  }
  const text =
    error.name === 'ReadingTimeout'
      ? t('state.error.timeout', { seconds: String(readingLimitSeconds) })
      : error.name === 'TypeError'
        ? t('state.error.network')
        : error.message;
  return (
    <Notice status="danger" title={title ?? t('state.error.title')} text={text} hint={hint ?? t('state.error.hint')} actions={retry} />
  );
};
