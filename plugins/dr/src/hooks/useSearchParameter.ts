import { useCallback, useSyncExternalStore } from 'react';
import { useLocation } from 'react-router-dom';

/** The operation that is being followed. */
export const operationParameter = 'operation';

const changed = 'dr:search-changed';

function subscribe(notify: () => void): () => void {
  window.addEventListener('popstate', notify);
  window.addEventListener(changed, notify);
  return () => {
    window.removeEventListener('popstate', notify);
    window.removeEventListener(changed, notify);
  };
}

/**
 * One parameter of the page's address, for filters and for what is open: shareable, and alive after a reload.
 *
 * It is written with `history.replaceState` and keeps the state object that the router put there, so that the router's
 * own entries, back and forward stay as they are; nothing navigates and no routing hook is called to write. Reading
 * follows `popstate`, our own writes, and every navigation of the router (`useLocation` re-renders us then).
 */
export function useSearchParameter(name: string): [string | undefined, (value: string | undefined) => void] {
  useLocation();
  const value = useSyncExternalStore(subscribe, () => new URLSearchParams(window.location.search).get(name) ?? undefined);
  const set = useCallback(
    (next: string | undefined) => {
      const url = new URL(window.location.href);
      if (next) url.searchParams.set(name, next);
      else url.searchParams.delete(name);
      window.history.replaceState(window.history.state, '', url);
      window.dispatchEvent(new Event(changed));
    },
    [name],
  );
  return [value, set];
}
