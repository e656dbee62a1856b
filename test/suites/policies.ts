import { veleroKinds } from '@kubectl-dr/core/engines/velero/kinds';
import { policyChangeListSchema, policyLintListSchema } from '@kubectl-dr/core/wire/policy';
import { parseAllDocuments } from 'yaml';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import type { ExampleFleet } from './example-fleet.ts';

/** `policy` from the catalog to the clusters and back, the text as a person sees it in a pipe. Without a schedule before and after. */
export function describePolicies(fleet: () => ExampleFleet): void {
  describe('policy', () => {
    const schedules = async (): Promise<string[]> =>
      (await fleet().at('east').list(veleroKinds.schedules)).items.map(({ metadata }) => metadata.name);

    it('renders what engines are asked to keep', async () => {
      const { code, out, err } = await fleet().run('policy render shop');
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatchInlineSnapshot(`
      "# east: shop, policy gold
      apiVersion: velero.io/v1
      kind: Schedule
      metadata:
        name: dr-shop-shop
        namespace: velero
        labels:
          kubectl-dr.dev/application: shop
          kubectl-dr.dev/policy: gold
          kubectl-dr.dev/policy-revision: a5d5a9403f263a4f
        annotations:
          kubectl-dr.dev/owner: group:default/team-shop
          kubectl-dr.dev/entity-ref: system:default/shop
      spec:
        schedule: CRON_TZ=Etc/UTC 0 * * * *
        useOwnerReferencesInBackup: false
        template:
          includedNamespaces:
            - shop
          ttl: 720h0m0s
      ---
      # west: shop, policy gold
      apiVersion: velero.io/v1
      kind: Schedule
      metadata:
        name: dr-shop-shop-ml
        namespace: velero
        labels:
          kubectl-dr.dev/application: shop
          kubectl-dr.dev/policy: gold
          kubectl-dr.dev/policy-revision: a5d5a9403f263a4f
        annotations:
          kubectl-dr.dev/owner: group:default/team-shop
          kubectl-dr.dev/entity-ref: system:default/shop
      spec:
        schedule: CRON_TZ=Etc/UTC 0 * * * *
        useOwnerReferencesInBackup: false
        template:
          includedNamespaces:
            - shop-ml
          ttl: 720h0m0s
      "
    `);
      expect(parseAllDocuments(out).map((document) => (document.toJS() as { kind: string }).kind)).toEqual(['Schedule', 'Schedule']);
      expect(JSON.parse((await fleet().run('policy render -o json')).out)).toMatchObject({ kind: 'List', apiVersion: 'v1' });
    });

    it('checks, shows and writes; a second time there is nothing to do', async () => {
      expect(await fleet().run('policy apply shop --dry-run')).toMatchObject({
        code: 0,
        out: expect.stringContaining('created (dry run) on east') as string,
      });
      expect(await schedules()).toEqual([]);
      expect(await fleet().run('policy apply shop')).toMatchInlineSnapshot(`
      {
        "code": 0,
        "err": "Schedules in velero on east:
        create    Schedule dr-shop-shop

      Schedules in velero on west:
        create    Schedule dr-shop-shop-ml
      ",
        "out": "schedules.velero.io/dr-shop-shop created on east
      schedules.velero.io/dr-shop-shop-ml created on west
      ",
      }
    `);
      expect(await schedules()).toEqual(['dr-shop-shop']);
      expect(await fleet().run('policy apply')).toMatchObject({ code: 0, err: 'Everything is as the policies say: 2 schedules\n' });
      expect((await fleet().run('policy render --diff')).code).toBe(0);
      // The server takes it for a schedule, and the fleet for the schedule of the application.
      await eventually(async () => !(await fleet().run('status shop')).out.includes('NO_SCHEDULE'), 'the schedules protect the shop');
      expect((await fleet().run('get schedules')).out).toContain('dr-shop-shop');
    });

    it('tells drift, and takes it back', async () => {
      const ref = { type: veleroKinds.schedules, namespace: 'velero', name: 'dr-shop-shop' };
      await fleet()
        .at('east')
        .patch(ref, 'merge', {
          spec: { paused: true, template: { ttl: '1h0m0s', labelSelector: { matchLabels: { a: 'b' } } } },
        });
      const diff = await fleet().run('policy render shop --diff');
      expect(diff.code).toBe(1);
      expect(diff.out).toMatchInlineSnapshot(`
      "Schedules in velero on east:
        change    Schedule dr-shop-shop
                  spec.paused: true -> <absent>
                  spec.template.labelSelector: {"matchLabels":{"a":"b"}} -> <absent>
                  spec.template.ttl: "1h0m0s" -> "720h0m0s"

      1 schedule as the policies say
      "
    `);
      expect((await fleet().run('doctor shop')).out).toContain('POLICY_DRIFT');
      const list = policyChangeListSchema.parse(JSON.parse((await fleet().run('policy apply shop -o json')).out));
      expect(list.items.map(({ status }) => [status.action, status.done])).toEqual([
        ['change', true],
        ['same', false],
      ]);
      expect((await fleet().run('doctor shop')).out).not.toContain('POLICY_DRIFT');
      expect((await fleet().at('east').get(ref)).spec).toEqual({
        schedule: 'CRON_TZ=Etc/UTC 0 * * * *',
        useOwnerReferencesInBackup: false,
        template: expect.objectContaining({ includedNamespaces: ['shop'], ttl: '720h0m0s' }) as object,
      });
    });

    it('removes what is no longer asked for only with --prune, and asks', async () => {
      fleet().write(
        'other.yaml',
        'apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: { name: shop }\nspec: { owner: team-shop }\n',
      );
      const kept = await fleet().run('policy apply shop -f other.yaml');
      expect(kept.out).toContain('schedules.velero.io/dr-shop-shop no longer asked for (--prune removes it) on east');
      expect(await schedules()).toEqual(['dr-shop-shop']);
      expect((await fleet().run('policy apply shop -f other.yaml --prune')).code).toBe(7);
      expect((await fleet().run('policy apply shop -f other.yaml --prune', { answer: 'shop' })).code).toBe(0);
      expect(await schedules()).toEqual([]);
    });

    it('never touches what it did not make', async () => {
      await fleet()
        .at('east')
        .create(veleroKinds.schedules, {
          apiVersion: 'velero.io/v1',
          kind: 'Schedule',
          metadata: { name: 'dr-shop-shop', namespace: 'velero' },
          spec: { schedule: '@daily', template: {} },
        });
      const { code, out } = await fleet().run('policy apply shop --prune --yes');
      expect(code).toBe(6);
      expect(out).toContain('dr-shop-shop left alone on east: Schedule dr-shop-shop is there already and was not made by a policy');
      const spec = (await fleet().run('get schedules')).out;
      expect(spec).toContain('@daily');
      await fleet().at('east').delete({ type: veleroKinds.schedules, namespace: 'velero', name: 'dr-shop-shop' });
      await fleet().at('west').delete({ type: veleroKinds.schedules, namespace: 'velero', name: 'dr-shop-shop-ml' });
    });

    it('lints without a cluster', async () => {
      fleet().write(
        'bad.yaml',
        'apiVersion: kubectl-dr.dev/v1alpha1\nkind: DRPolicy\nmetadata: { name: bad }\nspec: { objectives: { rpo: 5m }, schedule: { every: 1h }, retention: { keepFor: 1h } }\n',
      );
      expect(await fleet().run('policy lint -f bad.yaml', { clusters: [] })).toMatchInlineSnapshot(`
      {
        "code": 4,
        "err": "",
        "out": "bad  wrong
        error  its schedule lets up to 1h pass between two runs, and its RPO is 5m
          next: Shorten the interval, or raise the RPO.
        warning  points are kept for 1h, less than two intervals of 1h
          next: Set spec.retention.keepFor to at least 2h.
        note  it asks for no drills: nothing proves that a restore works
          next: Set spec.drills.every.
      ",
      }
    `);
      const data = await fleet().run('policy lint -o json', { clusters: [] });
      expect(data.code).toBe(0);
      expect(policyLintListSchema.parse(JSON.parse(data.out)).items.map(({ metadata }) => metadata.name)).toEqual(['gold']);
    });
  });
}
