import { Accordion, AccordionPanel, AccordionTrigger, Button, Text, TextField } from '@backstage/ui';
import { useText } from '../../text/useText.ts';
import restoreStyles from '../restore/RestoreDialog.module.css';
import { type MappingKind, type MappingRow, type MappingRows, isComplete, mappingKinds } from './mapping.ts';
import styles from './Move.module.css';

interface MoveMappingProps {
  to: string;
  rows: MappingRows;
  onChange(rows: MappingRows): void;
}

/** What is called otherwise on the cluster to go on at, as the command line's --map-namespace, --storage-class, --host and --node-label say it. */
export const MoveMapping = ({ to, rows, onChange }: MoveMappingProps) => {
  const { t } = useText();
  const count = mappingKinds.reduce((sum, kind) => sum + rows[kind].filter((row) => isComplete(kind, row)).length, 0);
  const set = (kind: MappingKind, list: MappingRow[]) => onChange({ ...rows, [kind]: list });
  return (
    <Accordion>
      <AccordionTrigger
        className={restoreStyles.trigger}
        title={t('move.mapping.title', { to })}
        subtitle={t('move.mapping.count', { count })}
      />
      <AccordionPanel>
        <div className={styles.mapping}>
          <Text as="p" variant="body-small" color="secondary">
            {t('move.mapping.help')}
          </Text>
          {mappingKinds.map((kind) => (
            <fieldset key={kind} className={styles.pairs}>
              <legend>{t(`move.mapping.kinds.${kind}`)}</legend>
              {rows[kind].map((row, index) => {
                const change = (part: Partial<MappingRow>) => set(kind, rows[kind].with(index, { ...row, ...part }));
                return (
                  // eslint-disable-next-line react/no-array-index-key
                  <div key={index} className={styles.pair}>
                    <TextField
                      size="small"
                      aria-label={t('move.mapping.from', { kind: t(`move.mapping.kinds.${kind}`) })}
                      placeholder={t(`move.mapping.example.${kind}`)}
                      value={row.from}
                      onChange={(from) => change({ from })}
                      maxLength={253}
                    />
                    <span aria-hidden>→</span>
                    <TextField
                      size="small"
                      aria-label={t('move.mapping.to', { kind: t(`move.mapping.kinds.${kind}`), to })}
                      placeholder={t('move.mapping.there', { to })}
                      value={row.to}
                      onChange={(name) => change({ to: name })}
                      maxLength={253}
                    />
                    <Button size="small" variant="tertiary" onPress={() => set(kind, rows[kind].toSpliced(index, 1))}>
                      {t('move.mapping.remove')}
                    </Button>
                    {!isComplete(kind, row) && (
                      <Text as="p" variant="body-small" color="secondary" className={styles.hint}>
                        {t(`move.mapping.incomplete.${kind}`)}
                      </Text>
                    )}
                  </div>
                );
              })}
              <div>
                <Button
                  size="small"
                  variant="secondary"
                  aria-label={t('move.mapping.addOf', { kind: t(`move.mapping.kinds.${kind}`) })}
                  onPress={() => set(kind, [...rows[kind], { from: '', to: '' }])}
                >
                  {t('move.mapping.add')}
                </Button>
              </div>
            </fieldset>
          ))}
          <Text as="p" variant="body-small" color="secondary">
            {t('move.mapping.namespaces')}
          </Text>
        </div>
      </AccordionPanel>
    </Accordion>
  );
};
