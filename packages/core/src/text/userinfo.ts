const userinfo = /(\/\/[^/\s:@]*):[^/\s@]+@/g;

/** What stands in place of something that is not to be told. */
export const notShown = '(not shown)';

/** The text without the passwords of addresses: `https://key:(not shown)@store`. */
export function withoutPasswords(text: string): string {
  return text.replace(userinfo, `$1:${notShown}@`);
}
