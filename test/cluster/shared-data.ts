import path from 'node:path';

/** The folder with definitions and applications of other projects, beside this repository or where `KUBECTL_DR_SHARED` says. */
export const sharedData = process.env.KUBECTL_DR_SHARED ?? path.resolve(import.meta.dirname, '../../../shared/data');
