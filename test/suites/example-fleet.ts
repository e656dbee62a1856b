import type { ClusterClient } from '@kubectl-dr/core/ports/cluster';
import type { Ran, Surroundings } from '../e2e/command-line.ts';

/** The application `shop` over the clusters east and west with Velero, described by a catalog file, for whole command lines. */
export interface ExampleFleet {
  /** Where command lines run; holds the configuration and the catalog. */
  folder: string;
  /** With every right. */
  at(cluster: 'east' | 'west'): ClusterClient;
  run(line: string | string[], options?: Partial<Surroundings>): Promise<Ran>;
  /** A point of that name on each cluster, with data. */
  backUp(name: string): Promise<void>;
  /** A file in the folder. */
  write(file: string, text: string): void;
  close(): void | Promise<void>;
}

/** A database with a volume and the web server that needs it on east, something without data on west, and a policy for all. */
export const exampleCatalog = `
apiVersion: kubectl-dr.dev/v1alpha1
kind: DRPolicy
metadata: { name: gold }
spec:
  owner: platform
  objectives: { rpo: 1h, rto: 2h }
  schedule: { cron: '0 * * * *' }
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata: { name: shop, annotations: { kubectl-dr.dev/policy: gold } }
spec: { owner: team-shop }
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: web
  annotations:
    backstage.io/kubernetes-cluster: east
    backstage.io/kubernetes-namespace: shop
    backstage.io/kubernetes-label-selector: app=web
spec: { type: website, lifecycle: production, owner: team-shop, system: shop, dependsOn: [resource:orders-db] }
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata:
  name: orders-db
  annotations:
    backstage.io/kubernetes-cluster: east
    backstage.io/kubernetes-namespace: shop
    backstage.io/kubernetes-label-selector: app=db
spec: { type: database, owner: team-shop, system: shop }
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: recommender
  annotations: { backstage.io/kubernetes-cluster: west, backstage.io/kubernetes-namespace: shop-ml }
spec: { type: service, lifecycle: production, owner: team-shop, system: shop, dependsOn: [resource:orders-db] }
`;

export const exampleOwner = { annotations: { 'kubectl-dr.dev/owner': 'group:default/team-shop' } };

/** What the catalog says runs on west. */
export const recommender = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop-ml', ...exampleOwner } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'recommender', namespace: 'shop-ml', labels: { app: 'recommender' } },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'recommender' } },
      template: {
        metadata: { labels: { app: 'recommender' } },
        // A namespace waits half of the time that its pods may take to end.
        spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: 'example/recommender:1' }] },
      },
    },
  },
];
