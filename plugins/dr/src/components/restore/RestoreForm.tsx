import { Checkbox, CheckboxGroup, Radio, RadioGroup, Select, TextField } from '@backstage/ui';
import type { WireRecoveryPoint } from '@kubectl-dr/core/wire/protection';
import type { WireListedSet } from '@kubectl-dr/core/wire/recovery-set';
import { skewText } from '../sets/texts.ts';
import { atTime, shortSeconds } from '../../text/time.ts';
import { useText } from '../../text/useText.ts';
import { usableFor } from '../timeline/marks.ts';
import styles from './RestoreDialog.module.css';
import { type RestoreChoice, type RestoreMode, isBeside } from './useRestore.ts';

const modes: readonly RestoreMode[] = ['clone', 'inPlace', 'dataOnly', 'configOnly', 'drill'];

const latest = 'latest';
/** No cluster has a name without a letter. */
const home = '';
/** A list for people; older points are chosen on the timeline. */
const mostPoints = 50;

interface RestoreFormProps {
  components: readonly { name: string; dependsOn: string[] }[];
  points: readonly WireRecoveryPoint[];
  /** Of points that belong together. */
  sets: readonly WireListedSet[];
  /** On which a drill could be tried besides the one where it runs. */
  clusters: readonly string[];
  choice: RestoreChoice;
  /** The namespace that the plan chose. */
  planned?: string;
  onChange(choice: RestoreChoice): void;
}

export const RestoreForm = ({ components, points, sets, clusters, choice, planned, onChange }: RestoreFormProps) => {
  const { t } = useText();
  const usable = points
    .filter((point) => choice.components.every((component) => usableFor(point, component) === 'yes'))
    .sort((a, b) => (b.status.capturedAt ?? '').localeCompare(a.status.capturedAt ?? ''));
  const chosen = points.find((point) => point.spec.id === choice.point);
  const listed = usable.slice(0, mostPoints);
  // A point chosen on the timeline stays in the list, however old or unusable it is: the plan then says so.
  if (chosen && !listed.includes(chosen)) listed.push(chosen);
  const gone = chosen || sets.some(({ metadata }) => metadata.name === choice.point) ? undefined : choice.point;
  const setLabel = (set: WireListedSet) =>
    t('sets.option', { time: atTime(set.spec.moment), loss: shortSeconds(set.status.lossSeconds), skew: skewText(set, t) });
  const label = (point: WireRecoveryPoint) =>
    t('restore.pointOption', { time: atTime(point.status.capturedAt), age: shortSeconds(point.status.ageSeconds ?? Number.NaN) });
  return (
    <div className={styles.choices}>
      <RadioGroup
        className={styles.components}
        label={t('restore.mode')}
        orientation="horizontal"
        value={choice.mode}
        description={t(`restore.modeHelp.${choice.mode}`)}
        onChange={(mode) => onChange({ ...choice, mode: mode as RestoreMode })}
      >
        {modes.map((mode) => (
          <Radio key={mode} value={mode}>
            {t(`restore.modes.${mode}`)}
          </Radio>
        ))}
      </RadioGroup>
      {choice.mode === 'drill' && clusters.length > 0 && (
        <Select
          label={t('drills.where')}
          description={choice.on === undefined ? undefined : t('drills.whereHelp', { cluster: choice.on })}
          options={[{ id: home, label: t('drills.home') }, ...clusters.map((name) => ({ id: name, label: name }))]}
          value={choice.on ?? home}
          // Points of the cluster where it runs are not those of another.
          onChange={(name) => onChange({ ...choice, point: undefined, on: name === home || name === null ? undefined : String(name) })}
        />
      )}
      <Select
        isDisabled={choice.mode === 'drill' && choice.on !== undefined}
        label={t('restore.from')}
        options={[
          { id: latest, label: t('restore.latest') },
          ...sets.map((set) => ({ id: set.metadata.name, label: setLabel(set), description: set.metadata.name })),
          ...listed.map((point) => ({ id: point.spec.id, label: label(point), description: point.metadata.name })),
          // What was chosen stays, also where as many newer ones have come since.
          ...(gone === undefined ? [] : [{ id: gone, label: gone }]),
        ]}
        value={choice.point ?? latest}
        onChange={(id) => onChange({ ...choice, point: id === latest || id === null ? undefined : String(id) })}
      />
      {choice.mode === 'clone' && (
        <TextField
          label={t('restore.into')}
          placeholder={planned}
          value={choice.namespace ?? ''}
          onChange={(namespace) => onChange({ ...choice, namespace: namespace.trim() || undefined })}
        />
      )}
      {components.length > 1 && (
        <CheckboxGroup
          className={styles.components}
          label={t('restore.components')}
          description={t('restore.componentsHelp')}
          orientation="horizontal"
          value={choice.components}
          onChange={(chosenComponents) => onChange({ ...choice, components: chosenComponents })}
        >
          {components.map((component) => (
            <Checkbox key={component.name} value={component.name}>
              {component.name}
            </Checkbox>
          ))}
        </CheckboxGroup>
      )}
      {isBeside(choice.mode) ? (
        <Checkbox
          className={styles.components}
          isSelected={choice.allowMissingVolumes}
          onChange={(allowMissingVolumes) => onChange({ ...choice, allowMissingVolumes })}
        >
          {t('restore.allowMissingVolumes')}
        </Checkbox>
      ) : (
        <>
          {choice.mode !== 'dataOnly' && (
            <Checkbox className={styles.components} isSelected={choice.prune} onChange={(prune) => onChange({ ...choice, prune })}>
              {t('restore.prune')}
            </Checkbox>
          )}
          <Checkbox
            className={styles.components}
            isSelected={choice.restartDependents}
            onChange={(restartDependents) => onChange({ ...choice, restartDependents })}
          >
            {t('restore.restartDependents')}
          </Checkbox>
        </>
      )}
    </div>
  );
};
