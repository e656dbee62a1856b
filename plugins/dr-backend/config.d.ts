export interface Config {
  dr?: {
    /** Clusters that the portal reads and acts on. */
    clusters?: Array<{
      /** What people call it, unique. */
      name: string;
      /**
       * Path of a kubeconfig; a relative one is looked for in the working directory and the directories above it.
       * Without it: KUBECONFIG, else ~/.kube/config.
       */
      kubeconfig?: string;
      /** Context of the kubeconfig; default: the cluster's name, else the current context. */
      context?: string;
      /** Address of the API server, instead of a kubeconfig. */
      url?: string;
      /**
       * Bearer token for `url`.
       * @visibility secret
       */
      token?: string;
      /** File with the bearer token for `url`; read again when it changes. */
      tokenFile?: string;
      /** PEM of the authority that signed the server's certificate, base64. */
      caData?: string;
      /** File with the same, as plain PEM. */
      caFile?: string;
      /** Accept any certificate. Only for experiments. */
      skipTLSVerify?: boolean;
      /** The cluster that the portal runs in, by its own service account. */
      inCluster?: boolean;
    }>;
    /**
     * How clusters of `kubernetes.clusterLocatorMethods` are reached. `auto` (default): only where `clusters` is empty; by their own
     * address where they have a serviceAccountToken, else through the Kubernetes plugin's proxy, as are those that its other locators find. `direct` or `proxy`: beside `clusters`.
     */
    clusterAccess?: 'auto' | 'direct' | 'proxy';
    /** Catalog files for the command line; the portal reads its own catalog. */
    catalog?: string[];
    /** Namespace of journals and leases in each cluster. Default `kubectl-dr`. */
    namespace?: string;
    /** The operator's word on who owns a namespace, whatever the namespace says itself. */
    tenancy?: Array<{
      namespace: string;
      /** Default: on every cluster. */
      cluster?: string;
      /** Entity reference, `group:default/team-shop` or short. */
      owner: string;
    }>;
    authorization?: {
      /**
       * Only the owner of an application (through groups and their parents) may act on it, whatever the permission policy
       * allows. Default true.
       */
      requireOwnership?: boolean;
      /** Groups or users that may act on every application. */
      operators?: string[];
    };
    quota?: {
      /** How many operations one owner may start in an hour, operators excepted. Default 30. */
      operationsPerHour?: number;
    };
    policies?: {
      /**
       * What policies ask of engines (schedules) is not compared with the clusters (`off`), compared and shown as drift
       * (`report`, default), or corrected every five minutes (`apply`): only what a policy made, only in namespaces that agreed.
       */
      mode?: 'off' | 'report' | 'apply';
      /** With `apply`: remove what a policy made and no longer asks for. Default false: it is shown as drift. */
      prune?: boolean;
    };
    drills?: {
      /**
       * Begin the drills that policies ask for (`drills: { every }`; `on`: on which cluster, from what has arrived there)
       * when they are due, one at a time on a cluster. Default false:
       * a verdict says that they are due, and somebody begins them.
       */
      scheduled?: boolean;
      /**
       * How long the evidence of drills is kept where a policy does not say it (`drills: { keepFor }`), e.g. `400d`. Default: for ever.
       * It is removed only when every component was proven again by a newer drill that succeeded.
       */
      keepFor?: string;
    };
    notifications?: {
      /** Tell owners when their applications stop meeting their objective, and when they meet it again. Default true. */
      verdicts?: boolean;
      /** Tell owners when an operation ended, and who has to agree that an approval is wanted. Default true. */
      operations?: boolean;
    };
  };
}
