import { describeOtherNamespaces } from '../suites/other-namespaces.ts';
import { siteGrounds } from '../suites/site-ground.ts';

for (const target of ['memory', 'sandbox'] as const) describeOtherNamespaces(target, siteGrounds[target]);
