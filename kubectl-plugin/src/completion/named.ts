import type { Arguments } from '../definition.ts';
import type { Kind } from '../kinds.ts';
import { kindWords } from '../kinds.ts';

/** Where the names for a word come from: a kind, something else of the clusters, the kubeconfig, the code, or files. */
export type Named = Kind | 'namespaces' | 'contexts' | 'kubeconfig clusters' | 'users' | 'reasons' | 'files';

/** By the word that help prints for a positional, or for the value of a flag. */
const byWord: Readonly<Record<string, Named>> = {
  APP: 'apps',
  COMPONENT: 'components',
  OPERATION: 'operations',
  'OPERATION|APP': 'operations',
  'POINT|TIME': 'points',
  POINT: 'points',
  DRILL: 'drills',
  POLICY: 'policies',
  NAMESPACE: 'namespaces',
  CONTEXT: 'contexts',
  'A,B': 'contexts',
  CLUSTER: 'kubeconfig clusters',
  USER: 'users',
  REASON: 'reasons',
  'REASON|WORD': 'reasons',
  FILE: 'files',
  PLAN: 'files',
  DIR: 'files',
};

export function namedBy(word: string, { positionals, flags }: Arguments): Named | undefined {
  if (word === 'NAME') return kindWords[positionals.KIND ?? ''];
  if (word === 'OPERATION|APP' && flags.for === 'protected') return 'apps';
  return byWord[word];
}
