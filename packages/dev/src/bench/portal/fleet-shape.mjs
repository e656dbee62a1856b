// The fleet that the portal is measured with: which service lies where, of whom, and how its points stand. Pure, so that
// the catalog (in the portal) and the clusters (in a process of their own) say the same without talking to each other.

/** @typedef {{ services: number, clusters: number, points: number, teams: number }} Shape */

/** @type {Shape} */
export const fullShape = { services: 5_000, clusters: 50, points: 100_000, teams: 100 };

/** Smaller for looking at it: PORTAL_BENCH=500,10,5000 (services, clusters, points). */
export function shapeOf(text) {
  if (!text) return fullShape;
  const [services, clusters, points] = text.split(',').map(Number);
  return { services, clusters, points, teams: Math.max(5, Math.round(services / 50)) };
}

const number = (value, digits) => String(value).padStart(digits, '0');

export const clusterName = (index) => `c${number(index, 2)}`;
export const teamName = (index) => `team-${number(index, 3)}`;

/** Service `index`: one namespace on one cluster, one Component of one team. */
export function serviceOf(shape, index) {
  return {
    name: `svc-${number(index, 4)}`,
    cluster: clusterName(index % shape.clusters),
    team: teamName(index % shape.teams),
    policy: ['gold', 'silver', 'bronze'][index % 3],
    /** Of every fifty one was forgotten, one fails, and one is late. */
    state: index % 50 === 7 ? 'without' : index % 50 === 17 ? 'failing' : index % 50 === 27 ? 'late' : 'well',
  };
}

/** Those that have none are made up for by the others, so that the fleet holds at least as many as it should. */
export function pointsOfEach(shape) {
  let having = 0;
  for (let index = 0; index < shape.services; index += 1) if (serviceOf(shape, index).state !== 'without') having += 1;
  return Math.ceil(shape.points / having);
}

/** The catalog: policies and services, and one team that the users of the example organisation do not have. */
export function catalogEntities(shape) {
  const teams = Array.from({ length: shape.teams }, (_, index) => ({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Group',
    metadata: { name: teamName(index) },
    spec: { type: 'team', children: [] },
  }));
  // Somebody who owns a hundredth of it, as owners do.
  const owner = {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: { name: 'otto' },
    spec: { profile: { displayName: 'Otto', email: 'otto@example.com' }, memberOf: [teamName(0)] },
  };
  const services = Array.from({ length: shape.services }, (_, index) => {
    const { name, cluster, team, policy } = serviceOf(shape, index);
    return {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Component',
      metadata: {
        name,
        annotations: {
          'backstage.io/kubernetes-namespace': name,
          'backstage.io/kubernetes-cluster': cluster,
          'kubectl-dr.dev/policy': policy,
        },
      },
      spec: { type: 'service', lifecycle: 'production', owner: team },
    };
  });
  return [...teams, owner, ...services];
}
