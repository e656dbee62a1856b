import { Checkbox, Select } from '@backstage/ui';
import type { WireRecoverySet } from '@kubectl-dr/core/wire/plan-parts';
import { atTime, shortSeconds } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';

const newest = 'newest';

interface OlderSetsProps {
  sets: readonly WireRecoverySet[];
  /** Moment of the chosen set; undefined: the newest data. */
  chosen: string | undefined;
  onChoose(moment: string | undefined): void;
  /** The plan wants it said that newer data is left behind, or it was said. */
  asks: boolean;
  accepted: boolean;
  onAccept(accepted: boolean): void;
}

/** From when the data is that it goes on with: the newest, or an older set, whose loss is accepted apart from everything else. */
export const OlderSets = ({ sets, chosen, onChoose, asks, accepted, onAccept }: OlderSetsProps) => {
  const { t } = useText();
  const label = ({ moment, lossSeconds, skewSeconds, unknown }: WireRecoverySet): string => {
    const values = { time: atTime(moment), loss: shortSeconds(lossSeconds), skew: shortSeconds(skewSeconds) };
    if (unknown) return t('move.sets.unknown', values);
    return t(skewSeconds > 0 ? 'move.sets.skewed' : 'move.sets.set', values);
  };
  const known = sets.some(({ moment }) => moment === chosen);
  return (
    <>
      <Select
        label={t('move.sets.label')}
        description={t('move.sets.help')}
        options={[
          { id: newest, label: t('move.sets.newest') },
          ...sets.map((set) => ({ id: set.moment, label: label(set) })),
          // What is offered changes as time goes on; what was chosen stays.
          ...(chosen !== undefined && !known ? [{ id: chosen, label: atTime(chosen) }] : []),
        ]}
        value={chosen ?? newest}
        onChange={(id) => onChoose(id === null || id === newest ? undefined : String(id))}
      />
      {asks && (
        <Checkbox isSelected={accepted} onChange={onAccept}>
          {t('move.sets.accept')}
        </Checkbox>
      )}
    </>
  );
};
