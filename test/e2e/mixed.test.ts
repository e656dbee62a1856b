import { describeMixed } from '../suites/mixed.ts';

for (const target of ['memory', 'sandbox'] as const) describeMixed(target);
