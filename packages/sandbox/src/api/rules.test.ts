import { configMap, deployment, TestApi } from './client.testing.ts';

const deployments = '/apis/apps/v1/namespaces/shop/deployments';
let test: TestApi;

beforeEach(async () => {
  test = new TestApi();
  await test.namespace('shop');
});

const causes = async (method: string, path: string, body: unknown): Promise<unknown> =>
  ((await test.ask(method, path, body)).body.details.causes as { field: string; message: string }[]).map(
    ({ field, message }) => `${field}: ${message}`,
  );

const withPod = (pod: object): object => {
  const base = deployment('web');
  return { ...base, spec: { ...base.spec, template: { ...base.spec.template, spec: pod } } };
};

describe('rules of built-in types', () => {
  it.for<[string, object, string[]]>([
    [
      'names, ranges and values',
      withPod({
        restartPolicy: 'Sometimes',
        containers: [
          { name: 'Main', ports: [{ containerPort: 70_000 }] },
          { name: 'a', image: 'b' },
          { name: 'a', image: 'b', volumeMounts: [{ name: 'absent', mountPath: '/x' }] },
        ],
      }),
      [
        'spec.template.spec.containers[2].volumeMounts[0].name: Not found: "absent"',
        "spec.template.spec.containers[0].name: Invalid value: \"Main\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
        'spec.template.spec.containers[2].name: Duplicate value: "a"',
        'spec.template.spec.containers[0].image: Required value',
        'spec.template.spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
        'spec.template.spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure"',
      ],
    ],
    [
      'what a workload requires',
      { ...deployment('web'), spec: { replicas: -1 } },
      [
        'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
        'spec.selector: Required value',
        'spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`',
        'spec.template.spec.containers: Required value',
      ],
    ],
  ])('%s', async ([, object, said]) => {
    expect(await causes('POST', deployments, object)).toEqual(said);
  });

  it('lets a claim grow, and not shrink below what it has', async () => {
    const path = '/api/v1/namespaces/shop/persistentvolumeclaims';
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } };
    await test.ask('POST', path, { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec });
    await test.ask('PATCH', `${path}/data/status`, { status: { capacity: { storage: '2Gi' } } });
    const sized = (storage: string): object => ({ spec: { resources: { requests: { storage } } } });
    expect((await test.ask('PATCH', `${path}/data`, sized('3Gi'))).status).toBe(200);
    expect(await causes('PATCH', `${path}/data`, sized('1Gi'))).toEqual([
      'spec.resources.requests.storage: Forbidden: field can not be less than status.capacity',
    ]);
  });

  it('lets what a suspended job runs be changed, and of no other job', async () => {
    const path = '/apis/batch/v1/namespaces/shop/jobs';
    const pod = { restartPolicy: 'Never', containers: [{ name: 'main', image: 'one' }] };
    const job = (name: string, suspend: boolean): object => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name },
      spec: { suspend, template: { spec: pod } },
    });
    const other = { spec: { template: { spec: { containers: [{ name: 'main', image: 'two' }] } } } };
    for (const [name, suspend] of [['waits', true] as const, ['runs', false] as const]) await test.ask('POST', path, job(name, suspend));
    expect((await test.ask('PATCH', `${path}/waits`, other)).status).toBe(200);
    expect((await test.ask('PATCH', `${path}/runs`, other)).body.message).toMatch(/spec\.template: Invalid value: .*: field is immutable$/);
  });

  it('knows keys of data by their form', async () => {
    expect(await causes('POST', '/api/v1/namespaces/shop/configmaps', configMap('a', { data: { 'a/b': '1' } }))).toEqual([
      "data[a/b]: Invalid value: \"a/b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    ]);
  });
});
