import { inject } from 'vitest';
import { describeOtherNamespaces } from '../../suites/other-namespaces.ts';
import { groundOf, missingSites } from '../targets/site-grounds.ts';

const target = inject('target');
const missing = missingSites(target);

describe.skipIf(missing !== undefined)(`two sites${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  describeOtherNamespaces(target, groundOf(target));
});
