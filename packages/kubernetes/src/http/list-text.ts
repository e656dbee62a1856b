/** As a typed list begins, and as one of custom resources ends: its fields are in alphabetical order. */
const begin = /^\{(?:"(?:kind|apiVersion)":"[^"]*",)*"metadata":\{[^{}]*?"continue":"([^"\\]+)"/;
const end = /"metadata":\{[^{}]*?"continue":"([^"\\]+)"[^{}]*\}\}\s*$/;
/** Longer than what a server writes there. */
const reach = 4_096;

/**
 * The token for the next page of a list, before anything of the page is parsed; undefined where it is not where API servers
 * write it. Inside a string of an object neither can be found: quotes are escaped there.
 */
export function continueOf(text: string): string | undefined {
  return (begin.exec(text.slice(0, reach)) ?? end.exec(text.slice(-reach)))?.[1];
}
