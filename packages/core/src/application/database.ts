import type { Workload } from './workload.ts';

const products =
  'postgres|postgresql|postgis|timescaledb|mysql|mariadb|percona-server|mongo|mongodb|redis|valkey|cassandra|scylla|cockroach|couchdb|couchbase|etcd|elasticsearch|opensearch|clickhouse(?:-server)?|influxdb|neo4j|mssql|server-mssql|oracle-database|tidb|tikv|arangodb|rethinkdb';
/** The last part of an image's name, without tag and digest: `registry/bitnami/postgresql:16` -> `postgresql`. */
const image = new RegExp(`^(?:${products})$`);

/** Does it keep files that are only consistent when it says so? Known by the catalog's type, or by the image. */
export function isDatabase(type: string | undefined, workload: Pick<Workload, 'images'>): boolean {
  if (type !== undefined && /^(?:database|db)$/i.test(type)) return true;
  return workload.images.some((name) => image.test(name.replace(/@.*$/, '').split('/').at(-1)!.split(':')[0]!.toLowerCase()));
}
