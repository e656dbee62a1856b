import { mockCredentials } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { drApplicationReadPermission, drRestoreCreatePermission } from '@kubectl-dr/backstage-plugin-dr-common';
import { PermissionDecisions } from './PermissionDecisions.ts';

const refs = ['component:default/a', 'component:default/b'];

function deciding() {
  const authorizeConditional = vi.fn(async (asked: { permission: { name: string } }[]) =>
    asked.map(({ permission }) => ({
      result: permission.name === drApplicationReadPermission.name ? AuthorizeResult.ALLOW : AuthorizeResult.CONDITIONAL,
    })),
  );
  const authorize = vi.fn(async (asked: { resourceRef: string }[]) =>
    asked.map(({ resourceRef }) => ({ result: resourceRef === refs[0] ? AuthorizeResult.ALLOW : AuthorizeResult.DENY })),
  );
  const decisions = new PermissionDecisions({ authorizeConditional, authorize } as never, mockCredentials.user());
  return { decisions, authorizeConditional, authorize };
}

describe('PermissionDecisions', () => {
  it('asks once for what many want at the same time', async () => {
    const { decisions, authorizeConditional, authorize } = deciding();
    const wanted = [drApplicationReadPermission, drRestoreCreatePermission];
    await Promise.all(Array.from({ length: 20 }, () => decisions.load(wanted, () => refs)));
    expect([authorizeConditional.mock.calls.length, authorize.mock.calls.length]).toEqual([1, 1]);
    expect(refs.map((ref) => decisions.allows(drRestoreCreatePermission, [ref]))).toEqual([true, false]);
  });

  it('lets nobody wait for a question that failed, and asks again', async () => {
    const { decisions, authorizeConditional } = deciding();
    authorizeConditional.mockRejectedValueOnce(new Error('no'));
    const both = await Promise.allSettled([1, 2].map(() => decisions.load([drApplicationReadPermission], () => refs)));
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect((both[0] as PromiseRejectedResult).reason).toMatchObject({
      name: 'ServiceUnavailableError',
      message: 'The permission framework of this portal does not answer, so nobody knows what you may do',
    });
    expect(decisions.allows(drApplicationReadPermission, [])).toBe(true);
  });

  it('passes on what the framework refuses', async () => {
    const { decisions, authorizeConditional } = deciding();
    const refusal = Object.assign(new Error('this token may not'), { name: 'NotAllowedError' });
    authorizeConditional.mockRejectedValueOnce(refusal);
    await expect(decisions.load([drApplicationReadPermission], () => refs)).rejects.toBe(refusal);
  });
});
