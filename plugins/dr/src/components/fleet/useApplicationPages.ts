import { useApi } from '@backstage/core-plugin-api';
import type { SortDescriptor } from '@backstage/ui';
import type { ApplicationPage, ApplicationsQuery } from '@kubectl-dr/backstage-plugin-dr-common';
import { useRef, useState } from 'react';
import { drApiRef } from '../../api/drApi.ts';
import { fleetRhythm } from '../../hooks/rhythms.ts';
import { type Live, useLive } from '../../hooks/useLive.ts';
import type { FleetFilter } from './selection.ts';

export const pageSize = 50;

/** Columns that the backend sorts by. */
const sorts: readonly string[] = ['verdict', 'name', 'owner', 'age'] satisfies NonNullable<ApplicationsQuery['sort']>[];

export interface ApplicationPages {
  /** The page that is looked at; the one before it as long as that is on its way. */
  live: Live<ApplicationPage>;
  /** Another page was asked for than is shown. */
  stale: boolean;
  /** How many applications come before this page. */
  offset: number;
  sort: SortDescriptor | null;
  onSort(sort: SortDescriptor): void;
  onNext(): void;
  onPrevious(): void;
}

/** One page at a time, filtered and sorted by the backend; another filter or order begins at the first page. */
export function useApplicationPages({ verdict, owner, q }: FleetFilter): ApplicationPages {
  const api = useApi(drApiRef);
  const [sort, setSort] = useState<SortDescriptor | null>(null);
  const wanted: ApplicationsQuery = {
    ...(verdict && { verdict }),
    ...(owner && { owner }),
    ...(q && { q }),
    ...(sort && { sort: sort.column as ApplicationsQuery['sort'], order: sort.direction }),
    limit: pageSize,
  };
  const list = JSON.stringify(wanted);
  const [turned, setTurned] = useState<{ list: string; cursors: readonly string[] }>({ list, cursors: [] });
  const cursors = turned.list === list ? turned.cursors : [];
  const cursor = cursors.at(-1);
  const live = useLive(
    JSON.stringify([list, cursor]),
    (signal) => api.applications({ ...wanted, ...(cursor !== undefined && { cursor }) }, signal),
    fleetRhythm,
  );
  const shown = useRef(live.data);
  if (live.data) shown.current = live.data;
  const stale = live.data === undefined;
  const next = live.data?.metadata.nextCursor;
  return {
    live: { ...live, data: shown.current, loading: live.loading && shown.current === undefined } as Live<ApplicationPage>,
    stale,
    offset: cursors.length * pageSize,
    sort,
    onSort: (descriptor) => {
      if (sorts.includes(String(descriptor.column))) setSort(descriptor);
    },
    onNext: () => {
      if (next !== undefined) setTurned({ list, cursors: [...cursors, next] });
    },
    onPrevious: () => setTurned({ list, cursors: cursors.slice(0, -1) }),
  };
}
