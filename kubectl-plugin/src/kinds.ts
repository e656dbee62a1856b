/** What `get` lists, with the other words for each that a person may type. */
export const kinds = {
  apps: { one: 'app', wire: 'Application', words: ['application', 'applications'] },
  components: { one: 'component', wire: 'Component', words: [] },
  points: { one: 'point', wire: 'RecoveryPoint', words: ['recoverypoint', 'recoverypoints', 'backup', 'backups'] },
  sets: { one: 'set', wire: 'RecoverySet', words: ['recoveryset', 'recoverysets'] },
  restores: { one: 'restore', wire: 'Restore', words: [] },
  schedules: { one: 'schedule', wire: 'Schedule', words: [] },
  replications: { one: 'replication', wire: 'Replication', words: [] },
  policies: { one: 'policy', wire: 'DRPolicy', words: ['drpolicy', 'drpolicies'] },
  locations: { one: 'location', wire: 'StorageLocation', words: ['storagelocation', 'storagelocations'] },
  operations: { one: 'operation', wire: 'Operation', words: [] },
  drills: { one: 'drill', wire: 'Drill', words: [] },
  clusters: { one: 'cluster', wire: 'Cluster', words: [] },
  engines: { one: 'engine', wire: 'Engine', words: [] },
} as const;

export type Kind = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as Kind[];

/** Every accepted word with the kind it means. */
export const kindWords: Readonly<Record<string, Kind>> = Object.fromEntries(
  kindNames.flatMap((kind) => [kind, kinds[kind].one, ...kinds[kind].words].map((word) => [word, kind])),
);
