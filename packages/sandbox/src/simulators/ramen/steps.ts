export type Phase = 'Deployed' | 'FailedOver' | 'Relocated';

/** A progression, and what is done before the next one is begun. */
export interface Step {
  progression: string;
  /** The cluster that it leaves has to be fenced. */
  fenced?: boolean;
  /** Both clusters have to answer. */
  needsBoth?: boolean;
  stops?: boolean;
  syncs?: boolean;
  promotes?: boolean;
  starts?: boolean;
}

export const deploySteps: readonly Step[] = [
  { progression: 'CreatingMW' },
  { progression: 'UpdatingPlRule', promotes: true, starts: true },
  { progression: 'SettingUpVolSyncDest' },
];

export function failoverSteps(metro: boolean): readonly Step[] {
  return [
    { progression: 'CheckingFailoverPrerequisites' },
    metro ? { progression: 'WaitForFencing', fenced: true } : { progression: 'WaitForStorageMaintenanceActivation' },
    { progression: 'FailingOverToCluster', promotes: true },
    { progression: 'WaitingForResourceRestore' },
    { progression: 'WaitForReadiness' },
    { progression: 'UpdatedPlacement', starts: true },
    { progression: 'Cleaning Up' },
  ];
}

export const relocateSteps: readonly Step[] = [
  { progression: 'PreparingFinalSync', needsBoth: true },
  { progression: 'ClearingPlacement', needsBoth: true, stops: true },
  { progression: 'RunningFinalSync', needsBoth: true, syncs: true },
  { progression: 'FinalSyncComplete' },
  { progression: 'EnsuringVolumesAreSecondary', needsBoth: true, promotes: true },
  { progression: 'WaitingForResourceRestore' },
  { progression: 'WaitForReadiness' },
  { progression: 'UpdatedPlacement', starts: true },
  { progression: 'Cleaning Up' },
];
