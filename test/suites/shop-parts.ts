/** The catalog's entity of a part of the shop, which a label tells from its neighbours in the namespace `shop` of east. */
export const part = (kind: string, name: string, dependsOn: string[] = []) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind,
  metadata: {
    name,
    annotations: {
      'backstage.io/kubernetes-namespace': 'shop',
      'backstage.io/kubernetes-cluster': 'east',
      'backstage.io/kubernetes-label-selector': `app=${name}`,
    },
  },
  spec: { type: 'service', lifecycle: 'production', owner: 'team-shop', system: 'shop', dependsOn },
});

export const shopSystem = { apiVersion: 'backstage.io/v1alpha1', kind: 'System', metadata: { name: 'shop' }, spec: { owner: 'team-shop' } };
