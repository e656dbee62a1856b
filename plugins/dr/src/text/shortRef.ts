/** `team-shop` of `group:default/team-shop`; another namespace than `default` stays. */
export const shortRef = (ref: string): string => ref.replace(/^[^:]*:/, '').replace(/^default\//, '');
