/**
 * How many files run at a time against real clusters, each with a pair of its own. A real Velero listens on a port of the
 * machine, drivers are many processes, and of the user's own clusters there are only the two.
 */
export function pairsOfClusters(environment: NodeJS.ProcessEnv = process.env): number {
  const { KUBECONFIG_EAST, KUBECONFIG_WEST, VELERO_BIN, CSI_BIN_DIR } = environment;
  return KUBECONFIG_EAST || KUBECONFIG_WEST || VELERO_BIN || CSI_BIN_DIR ? 1 : 2;
}
