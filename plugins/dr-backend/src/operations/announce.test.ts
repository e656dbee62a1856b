import { mockServices } from '@backstage/backend-test-utils';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { Operation } from '@kubectl-dr/core/execution/model';
import { createAnnouncer } from './announce.ts';

function announcer(ofOperations = true) {
  const sent: Parameters<NotificationService['send']>[0][] = [];
  const made = createAnnouncer({
    signals: { publish: async () => undefined } as never,
    notifications: { send: async (notification) => void sent.push(notification) },
    logger: mockServices.logger.mock(),
    operators: new Set(['group:default/platform']),
    ofOperations,
  });
  return { made, sent };
}

const operation = {
  id: 'restore-shop-1',
  state: 'Failed',
  requestedBy: 'user:default/alice',
  plan: { intent: 'Restore', application: 'shop', owner: 'group:default/team-shop' },
} as unknown as Operation;

it('the end of an operation is told to the owner and to whoever asked, unless that is turned off', () => {
  const { made, sent } = announcer();
  made.ended(operation);
  expect(sent).toMatchObject([
    {
      recipients: { entityRef: ['group:default/team-shop', 'user:default/alice'] },
      payload: { title: 'Restore of shop: Failed', severity: 'high', link: '/dr?operation=restore-shop-1', scope: 'restore-shop-1' },
    },
  ]);
  const silent = announcer(false);
  silent.made.ended(operation);
  silent.made.approvalWanted(operation);
  expect(silent.sent).toEqual([]);
});

it('a breach says which applications, how bad, and where to look; its end is no alarm', () => {
  const { made, sent } = announcer();
  const owner = 'group:default/team-shop';
  made.verdicts({ owner, standing: 'breached', applications: [{ name: 'shop', verdict: 'Breached', message: 'shop is 5h old' }] });
  const many = Array.from({ length: 7 }, (_, index) => ({ name: `app-${index}`, verdict: 'Unprotected' as const }));
  made.verdicts({ owner, standing: 'breached', applications: many });
  made.verdicts({ owner, standing: 'met', applications: [{ name: 'shop', verdict: 'Protected' }] });
  expect(
    sent.map(({ recipients, payload }) => [
      (recipients as { entityRef: string[] }).entityRef,
      payload.severity,
      payload.title,
      payload.link,
    ]),
  ).toEqual([
    [[owner], 'high', 'Not recoverable as promised: shop', '/dr?q=shop'],
    [
      [owner],
      'critical',
      'Not recoverable as promised: app-0, app-1, app-2, app-3, app-4, and 2 more',
      '/dr?owner=group%3Adefault%2Fteam-shop',
    ],
    [[owner], 'normal', 'Recoverable as promised again: shop', '/dr?q=shop'],
  ]);
  expect(sent[0]!.payload.description).toBe('shop is 5h old');
});
