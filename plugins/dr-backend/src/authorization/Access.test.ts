import type { PermissionsService } from '@backstage/backend-plugin-api';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { Application, Component, Placement } from '@kubectl-dr/core/application/model';
import { builders } from '@kubectl-dr/core/testing';
import { Agreements } from '../index/Agreements.ts';
import { Access } from './Access.ts';

const shopTeam = 'group:default/team-shop';
const mlTeam = 'group:default/team-ml';

function component(name: string, owner: string | undefined, namespace = 'shop', claim: Placement['claim'] = 'claimed'): Component {
  return {
    name,
    entityRef: `component:default/${name}`,
    ...(owner && { owner }),
    dependsOn: [],
    external: [],
    placements: [{ cluster: 'east', namespace, claim }],
  };
}

function application(components: Component[], owner: string | undefined = shopTeam): Application {
  return { name: 'shop', entityRef: 'system:default/shop', ...(owner && { owner }), source: 'catalog', problems: [], components };
}

/** A policy that answers everything with a condition; it holds for these entities. */
function policy(holdsFor: string[] | 'everything' | 'nothing'): PermissionsService & { asked: string[][] } {
  const asked: string[][] = [];
  const general =
    holdsFor === 'everything' ? AuthorizeResult.ALLOW : holdsFor === 'nothing' ? AuthorizeResult.DENY : AuthorizeResult.CONDITIONAL;
  return {
    asked,
    authorizeConditional: async (requests) => requests.map(() => ({ result: general }) as never),
    authorize: async (requests) => {
      asked.push(requests.map((request) => `${request.permission.name} ${'resourceRef' in request ? request.resourceRef : ''}`));
      return requests.map((request) => ({
        result: 'resourceRef' in request && holdsFor.includes(request.resourceRef!) ? AuthorizeResult.ALLOW : AuthorizeResult.DENY,
      }));
    },
  };
}

async function access(
  subject: Application,
  options: { permissions: PermissionsService; refs?: string[]; operator?: boolean; shared?: string },
) {
  const namespaces = [
    builders.namespace('ml', { metadata: { annotations: options.shared ? { 'kubectl-dr.dev/shared-with': options.shared } : {} } }),
  ];
  const made = new Access({
    permissions: options.permissions,
    caller: {
      credentials: {} as never,
      name: 'user:default/alice',
      user: true,
      refs: new Set(options.refs ?? [shopTeam]),
      operator: options.operator ?? false,
    },
    agreements: new Agreements(() => namespaces, []),
    requireOwnership: true,
  });
  await made.prepareReading([subject]);
  await made.prepareActing([subject]);
  return made;
}

const everything = { plan: true, backup: true, restore: true, operate: true, approve: true };
const nothing = { plan: false, backup: false, restore: false, operate: false, approve: false };

describe('a policy with conditions', () => {
  const one = component('web', shopTeam);
  const two = component('model', mlTeam, 'ml');

  it('is asked once for many entities, and not at all where nothing depends on the entity', async () => {
    const open = policy('everything');
    await access(application([one, two]), { permissions: open });
    expect(open.asked).toEqual([]);
    const strict = policy([]);
    await access(application([one]), { permissions: strict });
    expect(strict.asked).toEqual([
      ['dr.application.read system:default/shop', 'dr.application.read component:default/web'],
      expect.arrayContaining(['dr.restore.create system:default/shop', 'dr.restore.create component:default/web']),
    ]);
  });

  it('narrows what an owner may do', async () => {
    const subject = application([one]);
    expect((await access(subject, { permissions: policy(['system:default/shop']) })).allowed(subject)).toEqual(everything);
    const denied = await access(subject, { permissions: policy('nothing') });
    expect(denied.allowed(subject)).toEqual(nothing);
    expect(() => denied.assertMay('restore', subject, [one])).toThrow('does not let user:default/alice do dr.restore.create');
    expect(() => denied.assertMayLook()).toThrow('does not let you see');
  });

  it('widens nothing: who does not own is refused, whatever it allows', async () => {
    const subject = application([one]);
    expect((await access(subject, { permissions: policy('everything'), refs: [mlTeam] })).allowed(subject)).toEqual(nothing);
  });

  it("hides another team's component from whoever may only see the application", async () => {
    const subject = application([one, two]);
    const may = await access(subject, { permissions: policy(['system:default/shop', 'component:default/web']) });
    expect([may.maySee(subject), may.maySeeComponent(subject, one), may.maySeeComponent(subject, two)]).toEqual([true, true, false]);
    const shared = await access(subject, { permissions: policy(['system:default/shop']), shared: shopTeam });
    expect(shared.maySeeComponent(subject, two)).toBe(true);
  });

  it('shows the application to whoever may see one of its components', async () => {
    const subject = application([one, two]);
    expect((await access(subject, { permissions: policy(['component:default/model']), refs: [mlTeam] })).maySee(subject)).toBe(true);
  });

  it('holds for no application that no catalog knows; operators decide about those', async () => {
    const labelled: Application = {
      name: 'legacy',
      owner: shopTeam,
      source: 'labels',
      problems: [],
      components: [{ ...one, entityRef: undefined as never }],
    };
    expect((await access(labelled, { permissions: policy([]) })).maySee(labelled)).toBe(false);
    expect((await access(labelled, { permissions: policy([]), operator: true })).allowed(labelled)).toEqual(everything);
    expect((await access(labelled, { permissions: policy('everything') })).allowed(labelled)).toEqual(everything);
  });
});

describe('ownership of a component of another team', () => {
  const model = component('model', mlTeam, 'ml');
  const subject = application([component('web', shopTeam), model]);
  const permissions = policy('everything');

  it('is not given by owning the application', async () => {
    expect((await access(subject, { permissions })).allowed(subject, model)).toEqual(nothing);
  });

  it('is given where the namespace is shared with the application owner, and with no other', async () => {
    expect((await access(subject, { permissions, shared: `group:default/x, ${shopTeam}` })).allowed(subject)).toEqual(everything);
    expect((await access(subject, { permissions, shared: 'group:default/x' })).allowed(subject, model)).toEqual(nothing);
    expect((await access(subject, { permissions, shared: shopTeam, refs: ['group:default/y'] })).allowed(subject, model)).toEqual(nothing);
  });

  it('is given by the operator of the mapping (dr.tenancy)', () => {
    const mapped = new Agreements(() => [], [{ namespace: 'ml', cluster: 'east', owner: 'team-shop' }]);
    expect(mapped.lets(shopTeam, model)).toBe(true);
    expect(mapped.lets(mlTeam, model)).toBe(false);
    expect(new Agreements(() => [], [{ namespace: 'ml', cluster: 'west', owner: 'team-shop' }]).lets(shopTeam, model)).toBe(false);
  });

  it('of a component that is placed nowhere, nobody can agree', () => {
    expect(new Agreements(() => [], []).lets(shopTeam, { ...model, placements: [] })).toBe(false);
  });

  it('never helps with a namespace that did not agree to the owner', async () => {
    const taken = component('taken', shopTeam, 'ml', 'unclaimed');
    const grab = application([taken]);
    const may = await access(grab, { permissions, operator: true });
    expect(may.allowed(grab)).toEqual(nothing);
    expect(() => may.assertMay('restore', grab, [taken])).toThrow(expect.objectContaining({ code: 'UNCLAIMED_PLACEMENT' }));
  });
});
