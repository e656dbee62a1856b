export interface Flag {
  type: 'string' | 'boolean' | 'number';
  alias?: string;
  /** May be given several times; the value is then always an array. */
  repeatable?: boolean;
  /** One that ends in `=` takes whatever follows. */
  choices?: readonly string[];
  /** Word in help: `--as NAMESPACE`; what it names is what completes it (`completion/named.ts`). */
  value?: string;
  summary: string;
  hidden?: boolean;
}

export interface Positional {
  /** As help prints it; what it names is what completes it. */
  name: string;
  required: boolean;
  summary: string;
  choices?: readonly string[];
  /** Other words for a choice. */
  words?: Readonly<Record<string, string>>;
}

/** Values by flag name as declared (kebab-case, no camel-case twins), positionals by their name in `usage`. */
export interface Arguments {
  positionals: Record<string, string | undefined>;
  flags: Record<string, string | boolean | number | string[] | undefined>;
}

/** One command. The definition is light: it is loaded for every start, help and completion; the work is elsewhere. */
export interface Command {
  name: string;
  /** It prints no data: `-o` is refused. */
  withoutData?: true;
  /** It only looks: its work is in `looking.ts`, that of the others in `acting.ts`. */
  looks?: true;
  /** Positionals as help prints them: `[APP]` optional, `APP` required. */
  positionals: Positional[];
  summary: string;
  flags: Record<string, Flag>;
  /** Command lines with a sentence each, shown first in help. */
  examples: [line: string, what: string][];
}

/** Flags of kubectl that make sense for a client; accepted anywhere after `dr`. */
export const globalFlags: Record<string, Flag> = {
  kubeconfig: { type: 'string', value: 'FILE', summary: 'Path to the kubeconfig file' },
  context: { type: 'string', value: 'CONTEXT', summary: 'Context to use; a fleet of one' },
  contexts: { type: 'string', value: 'A,B', summary: 'Contexts that make up the fleet' },
  cluster: { type: 'string', value: 'CLUSTER', summary: 'Cluster of the kubeconfig to use' },
  user: { type: 'string', value: 'USER', summary: 'User of the kubeconfig to use' },
  namespace: { type: 'string', alias: 'n', value: 'NAMESPACE', summary: 'Only what lives in this namespace' },
  'all-namespaces': { type: 'boolean', alias: 'A', summary: 'All namespaces' },
  server: { type: 'string', alias: 's', value: 'URL', summary: 'Address of the API server' },
  token: { type: 'string', value: 'TOKEN', summary: 'Bearer token' },
  as: { type: 'string', value: 'USER', summary: 'User to impersonate' },
  'as-user': { type: 'string', value: 'USER', summary: 'The same as --as, also where --as names a namespace' },
  'as-group': { type: 'string', repeatable: true, value: 'GROUP', summary: 'Group to impersonate; repeatable' },
  'as-uid': { type: 'string', value: 'UID', summary: 'UID to impersonate' },
  'request-timeout': { type: 'string', value: '30s', summary: 'How long one request may take; 0 for ever' },
  'certificate-authority': { type: 'string', value: 'FILE', summary: 'Certificate authority file' },
  'insecure-skip-tls-verify': { type: 'boolean', summary: "Do not check the server's certificate" },
  'tls-server-name': { type: 'string', value: 'NAME', summary: "Name to expect in the server's certificate" },
  v: { type: 'number', value: 'LEVEL', summary: 'Log level: 6 shows requests and stacks, 7 their headers, 8 and 9 bodies; no secrets' },
  catalog: { type: 'string', repeatable: true, value: 'FILE', summary: 'Catalog file or folder; repeatable' },
  portal: { type: 'string', value: 'URL', summary: 'Through a portal instead, with the token in KUBECTL_DR_TOKEN' },
  output: {
    type: 'string',
    alias: 'o',
    value: 'FORMAT',
    choices: ['json', 'yaml', 'wide', 'name', 'jsonpath=', 'custom-columns='],
    summary: 'json, yaml, wide, name, jsonpath=TEMPLATE or custom-columns=HEADER:.path,...',
  },
  'no-headers': { type: 'boolean', summary: 'Leave the header line out' },
  color: { type: 'string', value: 'WHEN', choices: ['auto', 'always', 'never'], summary: 'Colours: auto, always or never' },
  'error-format': { type: 'string', value: 'FORMAT', choices: ['text', 'json'], summary: 'Errors as text or as one JSON line' },
  help: { type: 'boolean', alias: 'h', summary: 'Help' },
};
