import type { ClusterName } from '../sandbox.ts';
import type { Content } from './content.ts';
import { orders, payments, rows } from './content.ts';
import type { Part } from './workloads.ts';

export interface Home {
  cluster: ClusterName;
  namespace: string;
  /** Group that the namespace says it belongs to. */
  owner?: string;
  /** Group of the application that the parts belong to, where it is another one. */
  sharedWith?: string;
  parts: (Omit<Part, 'namespace'> & { content?: (since: Date) => Content })[];
}

const minute = 60_000;
const postgres = 'psql -c CHECKPOINT';

/** The namespaces of the story. Their catalog is in `catalog/`, one file per application. */
export const homes: Home[] = [
  {
    cluster: 'east',
    namespace: 'shop',
    owner: 'team-shop',
    parts: [
      {
        application: 'shop',
        name: 'web',
        image: 'example/shop-web:4.2',
        replicas: 3,
        port: 8080,
        host: 'shop.example.com',
        env: { CART_URL: 'http://cart:8080', CATALOG_URL: 'http://product-catalog:8080' },
      },
      {
        application: 'shop',
        name: 'cart',
        image: 'example/shop-cart:2.9',
        replicas: 2,
        port: 8080,
        env: { QUEUE_URL: 'amqp://queue:5672', ORDERS_DSN: 'postgres://orders-db:5432/orders' },
      },
      {
        application: 'shop',
        name: 'product-catalog',
        image: 'example/shop-catalog:3.1',
        replicas: 2,
        port: 8080,
        config: { SEARCH_URL: 'http://search-index:9200', PAGE_SIZE: '48' },
      },
      {
        application: 'shop',
        name: 'order-worker',
        image: 'example/shop-worker:2.9',
        replicas: 2,
        env: { QUEUE_URL: 'amqp://queue:5672', PAYMENTS_URL: 'http://payments.payments:8080' },
      },
      {
        application: 'shop',
        name: 'orders-db',
        image: 'postgres:17',
        storage: '200Gi',
        port: 5432,
        hook: postgres,
        secret: { POSTGRES_PASSWORD: 'not-a-real-password' },
        content: orders,
      },
      {
        application: 'shop',
        name: 'queue',
        image: 'rabbitmq:4',
        storage: '20Gi',
        port: 5672,
        content: (since) => rows('message', since, 60 * minute),
      },
      {
        application: 'shop',
        name: 'search-index',
        image: 'opensearchproject/opensearch:3',
        storage: '50Gi',
        port: 9200,
        hook: 'curl -XPOST localhost:9200/_flush',
        content: (since) => rows('document', since, 60 * minute),
      },
    ],
  },
  {
    cluster: 'east',
    namespace: 'payments',
    owner: 'team-payments',
    sharedWith: 'team-shop',
    parts: [
      {
        application: 'shop',
        name: 'payments',
        image: 'example/payments:7.0',
        replicas: 2,
        port: 8080,
        env: { DSN: 'mysql://payments-db:3306/payments' },
      },
      {
        application: 'shop',
        name: 'payments-db',
        image: 'mysql:9',
        storage: '40Gi',
        port: 3306,
        hook: 'mysqladmin flush-tables',
        secret: { MYSQL_ROOT_PASSWORD: 'not-a-real-password' },
        content: payments,
      },
    ],
  },
  {
    cluster: 'west',
    namespace: 'shop-ml',
    owner: 'team-ml',
    sharedWith: 'team-shop',
    parts: [
      {
        application: 'shop',
        name: 'recommender',
        image: 'example/recommender:1.8',
        gpus: 1,
        port: 8000,
        env: { MODEL_STORE: 'http://model-store:9000' },
      },
      {
        application: 'shop',
        name: 'model-store',
        image: 'example/model-store:1.2',
        storage: '80Gi',
        port: 9000,
        content: (since) => rows('model', since, 240 * minute),
      },
    ],
  },
  {
    cluster: 'east',
    namespace: 'newsletter',
    owner: 'team-media',
    parts: [
      {
        application: 'newsletter',
        name: 'mailer',
        image: 'example/mailer:5.5',
        replicas: 2,
        port: 8080,
        env: { DSN: 'postgres://subscribers-db:5432/subscribers' },
      },
      {
        application: 'newsletter',
        name: 'subscribers-db',
        image: 'postgres:17',
        storage: '10Gi',
        port: 5432,
        hook: postgres,
        content: (since) => rows('subscriber', since, 60 * minute),
      },
    ],
  },
  {
    cluster: 'east',
    namespace: 'warehouse',
    owner: 'team-shop',
    parts: [
      {
        application: 'warehouse',
        name: 'stock',
        image: 'example/stock:2.0',
        replicas: 2,
        port: 8080,
        env: { DSN: 'postgres://stock-db:5432/stock' },
      },
      {
        application: 'warehouse',
        name: 'stock-db',
        image: 'postgres:17',
        storage: '20Gi',
        port: 5432,
        hook: postgres,
        content: (since) => rows('item', since, 60 * minute),
      },
    ],
  },
  {
    cluster: 'west',
    namespace: 'analytics',
    owner: 'team-ml',
    parts: [
      {
        application: 'analytics',
        name: 'dashboards',
        image: 'example/dashboards:9.1',
        port: 3000,
        host: 'numbers.example.com',
        env: { CLICKHOUSE_URL: 'http://events-db:8123' },
      },
      {
        application: 'analytics',
        name: 'events-db',
        image: 'clickhouse/clickhouse-server:25.8',
        storage: '500Gi',
        port: 8123,
        hook: 'clickhouse-client -q "SYSTEM FLUSH LOGS"',
        content: (since) => rows('event', since, 60 * minute),
      },
    ],
  },
  {
    cluster: 'east',
    namespace: 'crm',
    owner: 'team-media',
    parts: [
      {
        application: 'crm',
        name: 'crm-web',
        image: 'example/crm:11.3',
        port: 8080,
        host: 'crm.example.com',
        env: { DSN: 'mysql://crm-db:3306/crm' },
      },
      {
        application: 'crm',
        name: 'crm-db',
        image: 'mysql:8',
        storage: '60Gi',
        port: 3306,
        hook: 'mysqladmin flush-tables',
        content: (since) => rows('contact', since, 60 * minute),
      },
    ],
  },
  {
    // In no catalog: known by its labels alone, and by nobody who would protect it.
    cluster: 'west',
    namespace: 'status-page',
    parts: [
      {
        application: 'status-page',
        name: 'status-page',
        image: 'example/status-page:1.0',
        storage: '1Gi',
        port: 8080,
        content: (since) => rows('incident', since, 1440 * minute),
      },
    ],
  },
];
