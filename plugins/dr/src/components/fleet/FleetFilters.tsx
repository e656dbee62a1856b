import { Button, SearchField, Select } from '@backstage/ui';
import { useEffect, useState } from 'react';
import { shortRef } from '../../text/shortRef.ts';
import { useText } from '../../text/useText.ts';
import styles from './FleetPage.module.css';
import { noOwner } from '@kubectl-dr/backstage-plugin-dr-common';
import type { FleetFilter } from './selection.ts';

const any = 'any';
/** After the last key: the address and the table follow the text, the field itself never waits. */
const pauseMs = 200;

interface FleetFiltersProps {
  owners: readonly string[];
  filter: FleetFilter;
  onOwner(owner: string | undefined): void;
  onText(q: string | undefined): void;
  onClear(): void;
}

export const FleetFilters = ({ owners, filter, onOwner, onText, onClear }: FleetFiltersProps) => {
  const { t } = useText();
  const [typed, setTyped] = useState(filter.q ?? '');
  // The address may change by other means: "clear", back, a pasted link.
  useEffect(() => setTyped(filter.q ?? ''), [filter.q]);
  useEffect(() => {
    if (typed === (filter.q ?? '')) return undefined;
    const timer = setTimeout(() => onText(typed || undefined), pauseMs);
    return () => clearTimeout(timer);
  }, [typed, filter.q, onText]);
  const filtered = filter.verdict ?? filter.owner ?? filter.q;
  return (
    <div className={styles.filters}>
      <SearchField
        className={styles.search}
        size="small"
        aria-label={t('fleet.search')}
        placeholder={t('fleet.search')}
        value={typed}
        onChange={setTyped}
      />
      <Select
        className={styles.owners}
        aria-label={t('fleet.owner')}
        options={[
          { id: any, label: t('fleet.anyOwner') },
          ...owners.map((owner) => ({ id: owner, label: owner === noOwner ? t('fleet.noOwner') : shortRef(owner) })),
        ]}
        value={filter.owner ?? any}
        onChange={(owner) => onOwner(owner === null || owner === any ? undefined : String(owner))}
      />
      {filtered && (
        <Button size="small" variant="tertiary" onPress={onClear}>
          {t('fleet.clear')}
        </Button>
      )}
    </div>
  );
};
