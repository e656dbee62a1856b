/** Name of the NetworkPolicy that shuts a namespace off. */
export const isolationPolicy = 'kubectl-dr-isolate';
