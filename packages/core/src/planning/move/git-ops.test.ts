import type { KubeObject } from '../../ports/kubernetes.ts';
import { deployedFromGit } from './git-ops.ts';

const deployment = (metadata: Partial<KubeObject['metadata']>): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', ...metadata },
});

const told = (metadata: Partial<KubeObject['metadata']>, reachable = true) =>
  deployedFromGit({ cluster: 'east', namespace: 'shop', reachable }, 'west', [deployment(metadata)]);

describe('an application that is deployed from Git', () => {
  it.each<[string, Partial<KubeObject['metadata']>, string]>([
    ['Argo CD, by its label', { labels: { 'argocd.argoproj.io/instance': 'shop' } }, 'argocd app set shop --sync-policy none'],
    [
      'Argo CD, by its annotation',
      { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web' } },
      'argocd app set shop --sync-policy none',
    ],
    [
      'Flux, a Kustomization',
      { labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' } },
      'flux suspend kustomization shop -n flux-system',
    ],
    ['Flux, a HelmRelease', { labels: { 'helm.toolkit.fluxcd.io/name': 'shop' } }, 'flux suspend helmrelease shop'],
  ])('is told before it moves, with how to pause it: %s', (_by, metadata, pause) => {
    const [reason, ...others] = told(metadata);
    expect(others).toEqual([]);
    expect(reason).toMatchObject({ code: 'GITOPS_MANAGED', severity: 'warning', cluster: 'east', evidence: ['Deployment shop/web'] });
    expect(reason?.fix).toContain(pause);
  });

  it('whose cluster is silent is started again when that answers; where nobody deploys nothing is told', () => {
    expect(told({ labels: { 'argocd.argoproj.io/instance': 'shop' } }, false)[0]?.message).toContain('as soon as its cluster answers');
    expect(told({ labels: { 'app.kubernetes.io/instance': 'shop' } })).toEqual([]);
  });
});
