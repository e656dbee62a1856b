import { describeEngine } from '@kubectl-dr/core/testing/engine-conformance';
import { describeReplicator } from '@kubectl-dr/core/testing/replication-conformance';
import { volsyncPair } from './pair.testing.ts';

describeReplicator('VolSync with restic, over the sandbox', () => volsyncPair());
describeReplicator('VolSync with rsync-TLS, over the sandbox', () => volsyncPair('rsyncTLS'));
describeEngine('VolSync, over the sandbox', async () => {
  const { engine, ends, settle, close } = await volsyncPair();
  return { engine, context: ends.source, namespace: 'shop', settle, ...(close && { close }) };
});
