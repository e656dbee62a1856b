/** Every value that leaves the process carries this; it changes only together with a reader for the old one. */
export const apiVersion = 'kubectl-dr.dev/v1alpha1';
