/**
 * The smallest roles that give these rights, as kubectl makes them, each bound to whom it is for. `rights` as
 * `TargetFacts.denied` has them: `patch deployments.apps in shop`.
 */
export function grantOf(rights: readonly string[], to: string): string {
  const verbs = new Map<string, Map<string, string[]>>();
  for (const right of rights) {
    const [, verb = '', what = '', namespace = ''] = /^(\S+) (\S+?)(?: in (\S+))?$/.exec(right) ?? [];
    const resources = verbs.get(namespace) ?? new Map<string, string[]>();
    verbs.set(namespace, resources.set(what, [...(resources.get(what) ?? []), verb]));
  }
  const commands = [...verbs].flatMap(([namespace, resources]) => {
    const together = new Map<string, string[]>();
    for (const [what, each] of resources) {
      const key = each.toSorted().join(',');
      together.set(key, [...(together.get(key) ?? []), what]);
    }
    return [...together].map(([each, found], index) => {
      const name = `kubectl-dr-restore${index === 0 ? '' : `-${index + 1}`}`;
      const kind = namespace === '' ? `create clusterrole ${name}` : `-n ${namespace} create role ${name}`;
      return `kubectl ${kind} --verb=${each} --resource=${found.join(',')}`;
    });
  });
  return `${commands.join('; ')}, and bind ${commands.length === 1 ? 'it' : 'them'} to ${to}`;
}
