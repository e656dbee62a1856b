declare const KUBECTL_DR_VERSION: string | undefined;

/** The bundle carries its version; a clone reads it from package.json. */
export function version(): string {
  if (typeof KUBECTL_DR_VERSION === 'string') return KUBECTL_DR_VERSION;
  const { readFileSync } = process.getBuiltinModule('node:fs');
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
}

/** As kubectl writes it. */
export function versionLine(): string {
  return `Client Version: v${version()}\n`;
}
