import { textAt } from '@kubectl-dr/core/application/raw';
import type { KubeObject, ResourceType } from '@kubectl-dr/core/ports/kubernetes';
import { eventually } from '@kubectl-dr/core/testing/cluster-conformance-harness';
import { definition } from '@kubectl-dr/sandbox/simulators/definition';
import type { World } from './world.ts';

function type(group: string, version: string, kind: string, resource: string): ResourceType {
  return { group, version, kind, resource, namespaced: true };
}

/** Of operators and other controllers: no part of any cluster by themselves. */
export const customTypes = {
  percona: type('pxc.percona.com', 'v1', 'PerconaXtraDBCluster', 'perconaxtradbclusters'),
  crunchy: type('postgres-operator.crunchydata.com', 'v1beta1', 'PostgresCluster', 'postgresclusters'),
  zalando: type('acid.zalan.do', 'v1', 'postgresql', 'postgresqls'),
  elastic: type('elasticsearch.k8s.elastic.co', 'v1', 'Elasticsearch', 'elasticsearches'),
  mariadb: type('k8s.mariadb.com', 'v1alpha1', 'MariaDB', 'mariadbs'),
  mongodb: type('mongodbcommunity.mongodb.com', 'v1', 'MongoDBCommunity', 'mongodbcommunity'),
  cloudNative: type('postgresql.cnpg.io', 'v1', 'Cluster', 'clusters'),
  keda: type('keda.sh', 'v1alpha1', 'ScaledObject', 'scaledobjects'),
  argoCd: type('argoproj.io', 'v1alpha1', 'Application', 'applications'),
  flux: type('kustomize.toolkit.fluxcd.io', 'v1', 'Kustomization', 'kustomizations'),
  httpRoute: type('gateway.networking.k8s.io', 'v1', 'HTTPRoute', 'httproutes'),
  virtualService: type('networking.istio.io', 'v1', 'VirtualService', 'virtualservices'),
  openShiftRoute: type('route.openshift.io', 'v1', 'Route', 'routes'),
  domainMapping: type('serving.knative.dev', 'v1beta1', 'DomainMapping', 'domainmappings'),
  widgets: type('example.com', 'v1', 'Widget', 'widgets'),
} as const satisfies Record<string, ResourceType>;

/** From now on the cluster serves the type, where it did not before, and tells of it: a real server does the one some time before the other. */
export async function serve(world: Pick<World, 'cluster' | 'create'>, wanted: ResourceType): Promise<void> {
  const { cluster } = world;
  const told = async (): Promise<boolean> =>
    (await cluster.discover()).some(({ group, kind }) => group === wanted.group && kind === wanted.kind);
  if (!(await told())) await world.create(approved(definition(wanted, {})));
  const served = () =>
    cluster.list(wanted).then(
      () => true,
      () => false,
    );
  await eventually(async () => (await told()) && served(), `${wanted.kind} is served`, 30_000);
}

/** Groups of Kubernetes itself are protected: a server takes a type of one only with a note who approved it. */
function approved(wanted: KubeObject): KubeObject {
  if (!textAt(wanted, 'spec', 'group')?.endsWith('.k8s.io')) return wanted;
  return {
    ...wanted,
    metadata: { ...wanted.metadata, annotations: { 'api-approved.kubernetes.io': 'unapproved, it stands for the real one' } },
  };
}
