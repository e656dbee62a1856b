import {
  configMap,
  cronJob,
  deployment,
  ingress,
  object,
  persistentVolumeClaim,
  service,
  statefulSet,
  storageClass,
} from '../../testing/builders.ts';
import { reasonCodes } from '../../compliance/reason-codes.ts';
import type { TargetFacts } from '../target-facts.ts';
import type { CheckInput } from './input.ts';
import { check } from './target.ts';

type Given = Partial<Omit<CheckInput, 'facts'>> & { facts?: Partial<TargetFacts> };

function codes({ facts = {}, ...rest }: Given): string[] {
  const input: CheckInput = {
    cluster: 'east',
    application: 'shop',
    namespace: 'shop',
    incoming: [],
    componentOf: () => undefined,
    live: [],
    stopped: [],
    volumes: [],
    clone: false,
    madeOn: [],
    ...rest,
    facts: { cluster: 'east', served: [], gitOps: [], denied: [], ...facts },
  };
  const { blockers, warnings } = check(input);
  for (const { code, message, fix } of [...blockers, ...warnings]) {
    expect(reasonCodes[code]).toBeDefined();
    expect(`${message} ${fix}`).not.toMatch(/undefined|\[object/);
  }
  return [...blockers, ...warnings].map(({ code }) => code);
}

const node = (extra: object = {}) => object('v1', 'Node', 'n', { spec: {}, status: { allocatable: { cpu: '4' } } }, extra as never);
const volume = (method: 'csi-snapshot' | 'data-mover', late = true) => ({ claim: 'data', method, late, storageClass: 'standard' });
const classes = { storageClasses: [storageClass('standard', 'csi.example.com')] };
const quotaOf = (hard: Record<string, string>, used: Record<string, string>) =>
  object('v1', 'ResourceQuota', 'shop/q', { spec: { hard }, status: { used } });
const hook = (failurePolicy: string, namespace = 'shop') =>
  object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'w', {
    webhooks: [{ name: 'check.example.com', failurePolicy, clientConfig: { service: { name: 'web', namespace } } }],
  });

const sliced = deployment('shop/ml', { podSpec: { containers: [{ name: 'm', resources: { limits: { 'nvidia.com/mig-1g.5gb': '1' } } }] } });
const gpuClass = (extendedResourceName?: string) =>
  object('resource.k8s.io/v1', 'DeviceClass', 'gpu.nvidia.com', {
    spec: {
      selectors: [{ cel: { expression: 'device.driver == "gpu.nvidia.com" && true' } }],
      ...(extendedResourceName && { extendedResourceName }),
    },
  });
const slice = (driver: string) => object('resource.k8s.io/v1', 'ResourceSlice', 's', { spec: { driver } });
const dra = {
  served: [{ group: 'resource.k8s.io', version: 'v1', resource: 'deviceclasses', kind: 'DeviceClass', namespaced: false }],
  deviceClasses: [gpuClass()],
  resourceSlices: [slice('gpu.nvidia.com')],
};
/** A workload and the template of its claim of one device. */
function claiming(request: object = { deviceClassName: 'gpu.nvidia.com' }, replicas = 1) {
  const podSpec = { resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'one' }], containers: [{ name: 'm' }] };
  return [
    deployment('shop/ml', { podSpec, replicas }),
    object('resource.k8s.io/v1', 'ResourceClaimTemplate', 'shop/one', {
      spec: { spec: { devices: { requests: [{ name: 'gpu', ...request }] } } },
    }),
  ];
}

describe.each<[string, Given, string[]]>([
  ['nothing at all', {}, []],
  ['a class that is missing', { facts: { storageClasses: [] }, volumes: [volume('csi-snapshot')] }, ['STORAGE_CLASS_MISSING']],
  ['classes that may not be seen', { volumes: [volume('csi-snapshot')] }, []],
  [
    'a driver that is missing',
    { facts: { ...classes, csiDrivers: [object('storage.k8s.io/v1', 'CSIDriver', 'other')] }, volumes: [volume('csi-snapshot')] },
    ['CSI_DRIVER_MISSING'],
  ],
  [
    'no snapshot class for the driver',
    { facts: { ...classes, snapshotClasses: [] }, volumes: [volume('csi-snapshot')] },
    ['SNAPSHOT_CLASS_MISSING'],
  ],
  ['a snapshot class that is not needed', { facts: { ...classes, snapshotClasses: [] }, volumes: [volume('data-mover', false)] }, []],
  ['a data mover that waits for pods', { facts: classes, volumes: [volume('data-mover')] }, ['LATE_BINDING']],
  [
    'a quota that is full',
    {
      live: [quotaOf({ persistentvolumeclaims: '2' }, { persistentvolumeclaims: '2' })],
      incoming: [persistentVolumeClaim('shop/data')],
      volumes: [volume('csi-snapshot')],
    },
    ['QUOTA_EXCEEDED'],
  ],
  [
    'a full quota and a claim that is replaced',
    {
      live: [quotaOf({ 'requests.storage': '1Gi' }, { 'requests.storage': '1Gi' }), persistentVolumeClaim('shop/data')],
      incoming: [persistentVolumeClaim('shop/data')],
      volumes: [volume('csi-snapshot')],
    },
    [],
  ],
  [
    'a node that is not there',
    { facts: { nodes: [node()] }, incoming: [deployment('shop/ml', { podSpec: { nodeSelector: { gpu: 'a100' } } })] },
    ['NO_NODE_SELECTED'],
  ],
  [
    'a node that matches',
    {
      facts: { nodes: [node({ metadata: { labels: { gpu: 'a100' } } })] },
      incoming: [deployment('shop/ml', { podSpec: { nodeSelector: { gpu: 'a100' } } })],
    },
    [],
  ],
  [
    'a taint',
    {
      facts: { nodes: [node({ spec: { taints: [{ key: 'only', value: 'ml', effect: 'NoSchedule' }] } })] },
      incoming: [deployment('shop/web')],
    },
    ['NO_NODE_TOLERATED'],
  ],
  [
    'a taint that is tolerated',
    {
      facts: { nodes: [node({ spec: { taints: [{ key: 'only', value: 'ml', effect: 'NoSchedule' }] } })] },
      incoming: [deployment('shop/web', { podSpec: { tolerations: [{ key: 'only', operator: 'Exists' }] } })],
    },
    [],
  ],
  [
    'a GPU that nobody has',
    {
      facts: { nodes: [node()] },
      incoming: [deployment('shop/ml', { podSpec: { containers: [{ name: 'm', resources: { limits: { 'nvidia.com/gpu': '2' } } }] } })],
    },
    ['NO_DEVICE'],
  ],
  [
    'a slice of a GPU (MIG) that nobody has',
    { facts: { nodes: [node({ status: { allocatable: { 'nvidia.com/mig-2g.10gb': '2', 'nvidia.com/gpu': '0' } } })] }, incoming: [sliced] },
    ['NO_DEVICE'],
  ],
  [
    'a slice of a GPU (MIG) that is there',
    { facts: { nodes: [node({ status: { allocatable: { 'nvidia.com/mig-1g.5gb': '1' } } })] }, incoming: [sliced] },
    [],
  ],
  ['claims of devices where none are served', { incoming: claiming() }, ['DEVICE_CLASS_MISSING']],
  ['a class of devices that is not there', { facts: { ...dra, deviceClasses: [] }, incoming: claiming() }, ['DEVICE_CLASS_MISSING']],
  ['classes of devices that may not be seen', { facts: { served: dra.served }, incoming: claiming() }, []],
  [
    'a class of which nobody publishes a device',
    { facts: { ...dra, resourceSlices: [slice('other.example.com')] }, incoming: claiming() },
    ['NO_DEVICE'],
  ],
  ['a class of which devices are there', { facts: dra, incoming: claiming() }, []],
  ['a claim as the newest version writes it', { facts: dra, incoming: claiming({ exactly: { deviceClassName: 'gpu.nvidia.com' } }) }, []],
  [
    'the second of several classes that would do',
    { facts: dra, incoming: claiming({ firstAvailable: [{ deviceClassName: 'h200' }, { deviceClassName: 'gpu.nvidia.com' }] }) },
    [],
  ],
  [
    'none of several classes',
    { facts: dra, incoming: claiming({ firstAvailable: [{ deviceClassName: 'h200' }] }) },
    ['DEVICE_CLASS_MISSING'],
  ],
  ['a template of which nothing is known', { facts: { ...dra, deviceClasses: [] }, incoming: claiming().slice(0, 1) }, []],
  ['what claims devices and is stopped', { facts: { ...dra, deviceClasses: [] }, incoming: claiming({ deviceClassName: 'h200' }, 0) }, []],
  [
    'an extended resource for which a class of devices stands',
    {
      facts: { ...dra, nodes: [node()], deviceClasses: [gpuClass('nvidia.com/gpu')] },
      incoming: [deployment('shop/ml', { podSpec: { containers: [{ name: 'm', resources: { limits: { 'nvidia.com/gpu': '1' } } }] } })],
    },
    [],
  ],
  [
    'a RuntimeClass that is not there, of a cron job as well',
    {
      facts: { runtimeClasses: [object('node.k8s.io/v1', 'RuntimeClass', 'gvisor')] },
      incoming: [
        deployment('shop/ml', { podSpec: { runtimeClassName: 'nvidia' } }),
        deployment('shop/web', { podSpec: { runtimeClassName: 'gvisor' } }),
        object('batch/v1', 'CronJob', 'shop/train', {
          spec: { jobTemplate: { spec: { template: { spec: { runtimeClassName: 'nvidia' } } } } },
        } as never),
      ],
    },
    ['RUNTIME_CLASS_MISSING', 'RUNTIME_CLASS_MISSING', 'CRON_JOBS_START'],
  ],
  [
    'a RuntimeClass that keeps its pods to nodes of which there are none',
    {
      facts: {
        nodes: [node()],
        runtimeClasses: [object('node.k8s.io/v1', 'RuntimeClass', 'nvidia', { scheduling: { nodeSelector: { gpu: 'yes' } } } as never)],
      },
      incoming: [deployment('shop/ml', { podSpec: { runtimeClassName: 'nvidia' } })],
    },
    ['NO_NODE_SELECTED'],
  ],
  [
    'a RuntimeClass that tolerates what its nodes are tainted with',
    {
      facts: {
        nodes: [node({ spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] } })],
        runtimeClasses: [
          object('node.k8s.io/v1', 'RuntimeClass', 'nvidia', {
            scheduling: { tolerations: [{ key: 'gpu', operator: 'Exists' }] },
          } as never),
        ],
      },
      incoming: [deployment('shop/ml', { podSpec: { runtimeClassName: 'nvidia' } })],
    },
    [],
  ],
  [
    'a GPU for nobody, at no replicas',
    {
      facts: { nodes: [node()] },
      incoming: [
        deployment('shop/ml', { replicas: 0, podSpec: { containers: [{ name: 'm', resources: { limits: { 'nvidia.com/gpu': '2' } } }] } }),
      ],
    },
    [],
  ],
  ['a webhook served from inside', { facts: { webhooks: [hook('Fail')] }, incoming: [service('shop/web')] }, ['WEBHOOK_INSIDE']],
  ['one that may fail', { facts: { webhooks: [hook('Ignore')] }, incoming: [service('shop/web')] }, []],
  ['one that is served elsewhere', { facts: { webhooks: [hook('Fail', 'other')] }, incoming: [service('shop/web')] }, []],
  [
    'a node port that is taken',
    {
      facts: { services: [service('other/api', { ports: [{ port: 80, nodePort: 30080 }] })] },
      incoming: [service('shop/web', { ports: [{ port: 80, nodePort: 30080 }] })],
    },
    ['NETWORK_CLASH'],
  ],
  ['its own host', { facts: { ingresses: [ingress('shop/web', 'a.example')] }, incoming: [ingress('shop/web', 'a.example')] }, []],
  [
    'a host that others answer',
    { facts: { ingresses: [ingress('other/web', 'a.example')] }, incoming: [ingress('shop/web', 'a.example')] },
    ['NETWORK_CLASH'],
  ],
  ['a cron job that starts', { incoming: [cronJob('shop/mail')] }, ['CRON_JOBS_START']],
  ['one that is there already', { incoming: [cronJob('shop/mail')], live: [cronJob('shop/mail')] }, []],
  ['a much newer Kubernetes', { facts: { version: 'v1.34.4' }, madeOn: ['v1.31.0'] }, ['VERSION_SKEW']],
  ['an older Kubernetes', { facts: { version: 'v1.34.4' }, madeOn: ['v1.34.1', 'v1.35.0'] }, ['VERSION_SKEW']],
  ['one release newer', { facts: { version: 'v1.34.4' }, madeOn: ['v1.33.1', 'v1.34.0'] }, []],
  ['a right that is missing', { facts: { denied: ['patch deployments.apps in shop'] } }, ['PERMISSION_MISSING']],
  [
    'marks of GitOps with nobody to suspend',
    { live: [configMap('shop/c', {}, { metadata: { annotations: { 'argocd.argoproj.io/tracking-id': 'x' } } })] },
    ['GITOPS_MANAGED'],
  ],
  [
    'an autoscaler',
    {
      live: [
        object('autoscaling/v2', 'HorizontalPodAutoscaler', 'shop/db', { spec: { scaleTargetRef: { kind: 'StatefulSet', name: 'db' } } }),
      ],
      stopped: [statefulSet('shop/db')],
    },
    ['AUTOSCALED'],
  ],
])('%s', (_, given, expected) => {
  it(`is ${expected.join() || 'no reason'}`, () => expect(codes(given)).toEqual(expected));
});
