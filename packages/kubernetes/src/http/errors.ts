import {
  AuthenticationError,
  ConflictError,
  DrError,
  InputError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@kubectl-dr/core/errors';

/** Where a request went, for the sentence about its failure. */
export interface RequestTarget {
  cluster: string;
  server: string;
  verb: string;
  /** `backups.velero.io "nightly"`, `pods`. */
  what: string;
  /** Of the kubeconfig, for the commands of hints. */
  context?: string | undefined;
}

function kubectl({ context }: RequestTarget): string {
  return context === undefined ? 'kubectl' : `kubectl --context ${context}`;
}

interface Status {
  message?: string;
  reason?: string;
  details?: { causes?: { message?: string; field?: string }[]; retryAfterSeconds?: number };
}

/** An answer that is not a success, as one sentence in kubectl's manner. */
export function errorOfStatus(status: number, body: string, target: RequestTarget): DrError {
  const parsed = parseStatus(body);
  const said = parsed.message ?? `it answered ${status}`;
  const { cluster } = target;
  const inBetween = saidInBetween(status, body);
  if (inBetween !== undefined)
    return new ServiceUnavailableError(`${cluster} cannot be reached through ${target.server || 'what is in between'}: ${inBetween}`, {
      code: 'CLUSTER_UNREACHABLE',
      cluster,
      details: { status, verb: target.verb },
      hint: 'the API server was not asked: look at the log of the proxy in between',
    });
  const details = { status, verb: target.verb, ...(parsed.reason ? { reason: parsed.reason } : {}) };
  switch (status) {
    case 400:
    case 422: {
      const webhook = /admission webhook "([^"]+)" denied/.exec(said)?.[1];
      return new InputError(`${cluster} rejected the request to ${target.verb} ${target.what}: ${said}`, {
        cluster,
        details: { ...details, said },
        hint: webhook ? `do as ${webhook} says, or ask who runs it` : 'correct what it names; -v=8 shows what was sent',
      });
    }
    case 401:
      return new AuthenticationError(`${cluster} does not know you: your credential is missing, wrong or expired`, {
        cluster,
        details,
        hint: `log in again, then check with: ${kubectl(target)} auth whoami`,
      });
    case 403:
      return forbidden(said, target, details);
    case 404: {
      // Into a namespace that is not there nothing is written.
      const namespace = target.verb === 'create' ? /^namespaces "([^"]+)" not found$/.exec(said)?.[1] : undefined;
      if (namespace !== undefined)
        return new NotFoundError(`${target.what} cannot be created on ${cluster}: there is no namespace ${namespace}`, {
          cluster,
          details,
          hint: `create it, or look at what there is: ${kubectl(target)} get namespaces`,
        });
      return new NotFoundError(`${target.what} not found on ${cluster}`, {
        cluster,
        details,
        hint: `look at what there is: ${kubectl(target)} get ${target.what.split(' ')[0]} -A`,
      });
    }
    case 409:
      return new ConflictError(`${target.what} on ${cluster}: ${said}`, {
        code: parsed.reason === 'AlreadyExists' ? 'ALREADY_EXISTS' : 'CONFLICT',
        cluster,
        details,
        hint:
          parsed.reason === 'AlreadyExists'
            ? `look whose it is: ${kubectl(target)} get ${target.what.split(' ')[0]} -A`
            : 'somebody changed it in the meantime: repeat the command',
      });
    case 410:
      return new ConflictError(`${target.what} on ${cluster}: the version asked for is too old`, {
        code: 'RESOURCE_EXPIRED',
        cluster,
        details,
        hint: 'repeat the command',
      });
    case 429:
      return new ServiceUnavailableError(`${cluster} is overloaded and asked to come back later (${target.verb} ${target.what})`, {
        code: 'TOO_MANY_REQUESTS',
        cluster,
        details,
        hint: 'try again in a minute',
      });
    default:
      return new ServiceUnavailableError(
        `${cluster} failed to ${target.verb} ${target.what}: ${said}${parsed.message === undefined ? '' : ` (${status})`}`,
        {
          code: 'CLUSTER_ERROR',
          cluster,
          details,
          hint: `try again; if it stays, look at: ${kubectl(target)} get --raw '/readyz?verbose'`,
        },
      );
  }
}

/**
 * Why something in between did not ask the API server: that a proxy does not know a cluster, or may not use it, is not that the cluster
 * serves a type no more, or shows it no more. Backstage's proxy answers with an error of its own, a gateway with a page.
 */
function saidInBetween(status: number, body: string): string | undefined {
  if (body.startsWith('{"error":{')) {
    try {
      const { error } = JSON.parse(body) as { error: { name?: unknown; message?: unknown } };
      if (typeof error.name === 'string' && typeof error.message === 'string') return error.message;
    } catch {
      return undefined;
    }
  }
  return status === 404 && body.trimStart().startsWith('<') ? 'it answered 404 with a page' : undefined;
}

/** The server's sentence names user, verb, resource and namespace; the hint is the smallest Role that would allow it. */
function forbidden(said: string, target: RequestTarget, details: Record<string, unknown>): DrError {
  const { cluster } = target;
  if (/^exceeded quota|: exceeded quota/.test(said))
    return new NotAllowedError(`${cluster} has no room to ${target.verb} ${target.what}: ${said.slice(said.indexOf('exceeded quota'))}`, {
      code: 'QUOTA',
      cluster,
      details,
      hint: `remove what is not needed, or have the quota raised: ${kubectl(target)} get resourcequotas -A`,
    });
  const ending = /in namespace (\S+) because it is being terminated/.exec(said)?.[1];
  if (ending !== undefined)
    return new NotAllowedError(
      `${cluster} does not ${target.verb} ${target.what} in the namespace ${ending} because it is being terminated`,
      {
        cluster,
        details,
        hint: `repeat it when the namespace is gone; what keeps it is told by: ${kubectl(target)} describe namespace ${ending}`,
      },
    );
  const match = /User "([^"]*)" cannot (\S+) resource "([^"]*)" in API group "([^"]*)"(?: in the namespace "([^"]*)")?/.exec(said);
  if (!match)
    return new NotAllowedError(`you may not ${target.verb} ${target.what} on ${target.cluster}: ${said}`, {
      cluster: target.cluster,
      details,
      hint: `see what you may: ${kubectl(target)} auth can-i --list`,
    });
  const [, user, verb, resource, group, namespace] = match;
  const type = group ? `${resource}.${group}` : resource;
  const where = namespace ? `in the namespace ${namespace}` : 'in the whole cluster';
  const command = namespace
    ? `kubectl -n ${namespace} create role kubectl-dr-${resource} --verb=${verb} --resource=${type}`
    : `kubectl create clusterrole kubectl-dr-${resource} --verb=${verb} --resource=${type}`;
  return new NotAllowedError(`${user} may not ${verb} ${type} ${where} on ${target.cluster}`, {
    cluster: target.cluster,
    details: { ...details, user, verb, resource: type, ...(namespace ? { namespace } : {}) },
    hint: `somebody who may can grant it: ${command}, and bind it to ${user}`,
  });
}

/** The client certificate of the user is no longer valid. */
export function errorOfExpired(since: Date, user: string, { cluster, verb }: RequestTarget): DrError {
  return new AuthenticationError(
    `${cluster} does not know you: the client certificate of the user "${user}" expired on ${since.toISOString()}`,
    {
      cluster,
      details: { verb },
      hint: 'log in again, or renew client-certificate of the user in the kubeconfig',
    },
  );
}

/** The other side took the connection and ended it, which it may do to a certificate that it does not accept. */
export function isTurnedAway(cause: unknown): boolean {
  return /^(ERR_SSL_.*ALERT.*|ECONNRESET|EPIPE)$/.test(codeOf(cause) ?? '');
}

/** The certificate of the other side is signed by nobody that is trusted here. */
export function isNotVouchedFor(cause: unknown): boolean {
  return unknownAuthority.has(codeOf(cause) ?? '');
}

const unknownAuthority: ReadonlySet<string> = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);

/** No answer at all: what went wrong between here and there. */
export function errorOfFailure(cause: unknown, target: RequestTarget): DrError {
  if (cause instanceof DrError) return cause;
  const { cluster, server } = target;
  const code = codeOf(cause);
  const unreachable = (why: string, hint: string): DrError =>
    new ServiceUnavailableError(`${cluster} (${server}) ${why}`, { code: 'CLUSTER_UNREACHABLE', cluster, cause, hint });
  const check = `check address and network: ${kubectl(target)} get --raw /readyz`;
  if (isNotVouchedFor(cause))
    return unreachable(
      'has a certificate signed by an authority that the kubeconfig does not name',
      'set certificate-authority of the cluster, or --certificate-authority',
    );
  switch (code) {
    case 'ECONNREFUSED':
      return unreachable('refused the connection', 'is the API server running, and are host and port right?');
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return unreachable('cannot be found: its host name does not resolve', check);
    case 'PROXY':
      return unreachable(`cannot be reached: ${(cause as Error).message}`, 'check proxy-url of the cluster, HTTPS_PROXY and NO_PROXY');
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return unreachable('cannot be reached: no network leads there', check);
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return unreachable('does not speak TLS', 'should the server address begin with http://?');
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ERR_HTTP2_STREAM_ERROR':
    case 'ERR_HTTP2_SESSION_ERROR':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return unreachable('closed the connection', server.startsWith('http:') ? 'should the server address begin with https://?' : check);
    case 'ETIMEDOUT':
      return new ServiceUnavailableError(`${cluster} (${server}) did not answer in time (${target.verb} ${target.what})`, {
        code: 'TIMEOUT',
        cluster,
        cause,
        hint: `raise --request-timeout, or ${check}`,
      });
    case 'CERT_HAS_EXPIRED':
      return unreachable('has an expired certificate', "renew the API server's certificate");
    case 'CERT_NOT_YET_VALID':
      return unreachable('has a certificate that is not valid yet', 'is the clock of this machine right?');
    case 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA':
    case 'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE':
    case 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED':
      return unreachable('does not accept your client certificate', 'renew client-certificate of the user in the kubeconfig');
    case 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED':
      return unreachable('wants a client certificate', 'set client-certificate and client-key of the user in the kubeconfig');
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return unreachable('has a certificate for another name', 'set tls-server-name of the cluster, or --tls-server-name');
    default:
      if (cause instanceof SyntaxError)
        return unreachable(
          'does not answer as a Kubernetes API server does',
          `what is at this address? ${kubectl(target)} get --raw /version`,
        );
      return unreachable(`cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`, check);
  }
}

/** What a library throws may carry what Node says in `cause`. */
function codeOf(error: unknown): string | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 4; current = current.cause, depth += 1) {
    if ('code' in current && typeof current.code === 'string') return current.code;
  }
  return undefined;
}

function parseStatus(body: string): Status {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return value as Status;
  } catch {
    // Not a Status: a proxy's page, or nothing.
  }
  const text = body.trim().split('\n')[0]!.slice(0, 200);
  return text && !text.startsWith('<') ? { message: text } : {};
}
