/** One kubectl command line, and what is given to its standard input. */
export interface Call {
  run: string;
  input?: string;
  /** Wait before it until this command prints this, on both servers alike: what controllers do takes its time. */
  when?: [command: string, prints: string];
}

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, labels: { app: web, tier: front } }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: main
          image: nginx:1.27
          ports: [{ containerPort: 8080, name: http }]
          env: [{ name: MODE, value: fast }]
          resources: { requests: { cpu: 100m, memory: 64Mi } }
`;

const settings = (value: string): string => `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: shop }
data: { mode: ${value} }
`;

const service = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: http, name: http }] }
`;

const claim = `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data, namespace: shop }
spec: { accessModes: [ReadWriteOnce], storageClassName: scratch, resources: { requests: { storage: 1Gi } } }
`;

const statefulSet = `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: shop }
spec:
  serviceName: db
  replicas: 1
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec:
      containers: [{ name: main, image: 'postgres:17', volumeMounts: [{ name: data, mountPath: /data }] }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 2Gi } } }
`;

const widgets = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.dev }
spec:
  group: example.dev
  scope: Namespaced
  names: { plural: widgets, singular: widget, kind: Widget, listKind: WidgetList, shortNames: [wd] }
  versions:
    - name: v1
      served: true
      storage: true
      additionalPrinterColumns:
        - { name: Size, type: integer, jsonPath: .spec.size }
        - { name: Colour, type: string, jsonPath: .spec.colour, description: What it looks like }
        - { name: Age, type: date, jsonPath: .metadata.creationTimestamp }
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            spec:
              type: object
              required: [size]
              properties:
                size: { type: integer, minimum: 1, maximum: 10, description: How big it is }
                colour: { type: string, enum: [red, green], default: red }
                parts: { type: array, items: { type: object, properties: { name: { type: string } } } }
`;

const widget = (spec: string): string => `
apiVersion: example.dev/v1
kind: Widget
metadata: { name: one, namespace: shop }
spec: ${spec}
`;

const held = `
apiVersion: v1
kind: ConfigMap
metadata: { name: held, namespace: shop, finalizers: [example.dev/hold] }
`;

const ready: [string, string] = ['-n shop get deploy web -o jsonpath={.status.readyReplicas}', '2'];

/** In order: each stands on what those before it left. */
export const calls: Call[] = [
  // Who and what.
  { run: 'version -o json' },
  { run: 'auth whoami' },
  { run: 'auth whoami -o yaml' },
  { run: 'api-versions' },
  { run: 'api-resources --api-group=apps' },
  { run: 'api-resources --api-group= --namespaced=false -o name' },
  { run: 'api-resources --api-group=batch -o wide' },
  { run: 'cluster-info' },
  { run: 'get --raw /healthz' },
  { run: 'get --raw /readyz' },
  { run: 'get --raw /nothing' },
  { run: 'explain deployment.spec.replicas' },
  { run: 'explain configmap' },
  { run: 'explain pod.spec.containers.livenessProbe' },
  { run: 'explain nonsense' },

  // Namespaces and small objects, written as protobuf.
  { run: 'get ns shop' },
  { run: 'create namespace shop --dry-run=server -o yaml' },
  { run: 'create namespace shop' },
  { run: 'create namespace shop' },
  { run: 'create namespace Not_a_name' },
  { run: 'get ns shop' },
  { run: 'get ns shop -o yaml', when: ['get ns shop -o jsonpath={.status.phase}', 'Active'] },
  { run: 'describe ns shop' },
  { run: 'get ns -l kubernetes.io/metadata.name=shop -o name' },
  { run: 'create configmap plain --from-literal=a=1 --from-literal=b=ä -n shop' },
  { run: 'create configmap plain --from-literal=a=1 -n shop' },
  { run: 'create configmap other --from-literal=a=1 -n nowhere' },
  { run: 'create secret generic pass --from-literal=password=secret -n shop' },
  { run: 'create secret tls broken --cert=/dev/null --key=/dev/null -n shop' },
  { run: 'create serviceaccount robot -n shop' },
  { run: 'create token robot -n shop --duration=10m' },
  { run: 'create token nobody -n shop' },
  { run: 'create role reader --verb=get,list --resource=configmaps -n shop' },
  { run: 'create rolebinding guest-reads --role=reader --user=guest -n shop' },
  { run: 'create clusterrole widget-reader --verb=get --resource=widgets.example.dev' },
  { run: 'create service clusterip plain --tcp=80:8080 -n shop' },
  { run: 'create deployment made --image=nginx --replicas=0 -n shop' },
  { run: 'create job once --image=busybox -n shop --dry-run=server -o jsonpath={.spec.backoffLimit}' },
  { run: 'create cronjob nightly --image=busybox --schedule=1_2_3 -n shop' },
  { run: "create cronjob nightly --image=busybox --schedule='0 3 * * *' -n shop" },
  { run: 'create ingress front --rule=shop.example.dev/*=web:80 -n shop' },
  { run: 'create quota small --hard=pods=10 -n shop' },
  { run: 'create pdb web --selector=app=web --min-available=1 -n shop' },
  { run: 'create priorityclass high --value=1000 --description=first' },

  // Reading small objects in every output.
  { run: 'get cm plain -n shop' },
  { run: 'get cm plain -n shop -o yaml' },
  { run: 'get cm plain -n shop -o json' },
  { run: 'get cm plain -n shop -o name' },
  { run: 'get cm plain -n shop -o jsonpath={.data.b}' },
  { run: 'get cm plain -n shop -o go-template={{.data.a}}' },
  { run: 'get cm -n shop -o custom-columns=NAME:.metadata.name,A:.data.a' },
  { run: 'get cm plain,secret pass -n shop' },
  { run: 'get cm/plain secret/pass -n shop' },
  { run: 'get cm plain -n shop --show-labels' },
  { run: 'get cm -n shop --no-headers' },
  { run: 'get cm -n shop --sort-by=.metadata.name -o name' },
  { run: 'get cm -n shop --field-selector=metadata.name=plain' },
  { run: 'get cm -n shop --field-selector=data.a=1' },
  { run: "get cm -n shop -l 'a in (b'" },
  { run: 'get cm -n shop -l app=nobody' },
  { run: 'get cm missing -n shop' },
  { run: 'get cm missing -n shop --ignore-not-found' },
  { run: 'get nonsense -n shop' },
  { run: 'get secret pass -n shop -o yaml' },
  { run: 'get sa,role,rolebinding -n shop' },
  { run: 'get svc plain -n shop -o yaml' },
  { run: 'get svc -n shop' },
  { run: 'get cronjob,ingress,pdb,quota -n shop' },
  { run: 'get cronjob nightly -n shop -o yaml' },
  { run: 'get ingress front -n shop -o yaml' },
  { run: 'get priorityclass high' },
  { run: 'get nodes' },
  { run: 'get sc' },
  { run: 'describe cm plain -n shop' },
  { run: 'describe secret pass -n shop' },
  { run: 'describe sa robot -n shop' },
  { run: 'describe role reader -n shop' },
  { run: 'describe svc plain -n shop' },
  { run: 'describe cm missing -n shop' },

  // Apply and what lives.
  { run: 'apply -f - --dry-run=server', input: deployment },
  { run: 'apply -f -', input: deployment },
  { run: 'apply -f -', input: deployment, when: ready },
  { run: 'apply -f -', input: service },
  { run: 'get deploy web -n shop' },
  { run: 'get deploy web -n shop -o wide' },
  { run: 'get deploy web -n shop -o yaml' },
  { run: 'get deploy -n shop -l tier=front -o name' },
  { run: 'get rs -n shop -l app=web' },
  { run: 'get pods -n shop -l app=web' },
  { run: 'get pods -n shop --field-selector=status.phase=Running -o jsonpath={.items[*].status.phase}' },
  { run: 'get pods -n shop --field-selector=spec.nodeName=absent' },
  { run: 'get pods -n shop -l app=web -o jsonpath={.items[0].spec}' },
  { run: 'get endpoints web -n shop -o jsonpath={.subsets[0].ports}' },
  { run: 'rollout status deploy/web -n shop' },
  { run: 'rollout history deploy/web -n shop' },
  { run: 'describe deploy web -n shop' },
  { run: 'wait deploy/web -n shop --for=condition=Available --timeout=10s' },
  { run: 'wait deploy/web -n shop --for=jsonpath={.spec.replicas}=7 --timeout=1s' },
  { run: 'scale deploy web -n shop --replicas=3' },
  { run: 'scale deploy web -n shop --current-replicas=9 --replicas=1' },
  { run: 'scale deploy missing -n shop --replicas=1' },
  { run: 'get deploy web -n shop --subresource=scale', when: ['-n shop get deploy web -o jsonpath={.status.readyReplicas}', '3'] },
  { run: 'autoscale deploy web -n shop --min=1 --max=3 --cpu-percent=80' },
  { run: 'delete hpa web -n shop' },
  { run: 'set image deploy/web -n shop main=nginx:1.28' },
  { run: 'set env deploy/web -n shop MODE=slow' },
  { run: 'rollout pause deploy/web -n shop' },
  { run: 'rollout resume deploy/web -n shop' },
  { run: 'delete pod -n shop -l app=nobody' },
  { run: 'apply -f -', input: claim },
  { run: 'get pvc data -n shop', when: ['-n shop get pvc data -o jsonpath={.status.phase}', 'Bound'] },
  { run: 'describe pvc data -n shop' },
  { run: 'apply -f -', input: claim.replace('1Gi', '512Mi') },
  { run: 'apply -f -', input: statefulSet },
  { run: 'get sts db -n shop', when: ['-n shop get sts db -o jsonpath={.status.readyReplicas}', '1'] },
  { run: 'get sts db -n shop -o yaml' },
  { run: 'get pvc data-db-0 -n shop -o yaml' },
  { run: 'apply -f -', input: statefulSet.replace('2Gi', '3Gi') },
  { run: 'get pod db-0 -n shop' },

  // Server-side apply.
  { run: 'apply --server-side -f -', input: settings('fast') },
  { run: 'apply --server-side -f -', input: settings('fast') },
  { run: 'apply --server-side --field-manager=other -f -', input: settings('slow') },
  { run: 'apply --server-side --field-manager=other --force-conflicts -f -', input: settings('slow') },
  { run: 'get cm settings -n shop -o jsonpath={.metadata.managedFields[*].manager}' },
  { run: 'apply --server-side --dry-run=server -f -', input: settings('dry') },
  { run: 'get cm settings -n shop -o jsonpath={.data.mode}' },
  {
    run: 'apply -f - --validate=strict',
    input: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: typo, namespace: shop}\ndatum: {a: "1"}\n',
  },
  {
    run: 'create -f - --validate=warn',
    input: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: typo, namespace: shop}\ndatum: {a: "1"}\n',
  },
  { run: 'create -f -', input: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: typed, namespace: shop}\ndata: {a: 1}\n' },
  { run: 'create -f -', input: 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: empty, namespace: shop}\nspec: {}\n' },
  { run: 'create -f -', input: 'apiVersion: example.dev/v1\nkind: Widget\nmetadata: {name: early, namespace: shop}\n' },
  { run: 'create -f -', input: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: generated-, namespace: shop}\n' },
  { run: 'diff -f -', input: settings('new') },

  // Patches.
  { run: 'patch cm plain -n shop --type=merge -p {"data":{"c":"3","a":null}}' },
  { run: 'patch cm plain -n shop --type=merge -p {"data":{"c":"3"}}' },
  { run: 'patch cm plain -n shop --type=json -p [{"op":"replace","path":"/data/c","value":"4"}]' },
  { run: 'patch cm plain -n shop --type=json -p [{"op":"test","path":"/data/c","value":"no"}]' },
  { run: 'patch cm plain -n shop --type=json -p [{"op":"remove","path":"/data/absent"}]' },
  { run: 'patch deploy web -n shop -p {"spec":{"template":{"spec":{"containers":[{"name":"main","image":"nginx:2"}]}}}}' },
  { run: 'get deploy web -n shop -o jsonpath={.spec.template.spec.containers}' },
  { run: 'patch deploy web -n shop --type=merge -p {"spec":{"selector":{"matchLabels":{"app":"other"}}}}' },
  { run: 'patch svc plain -n shop --type=merge -p {"spec":{"clusterIP":"10.96.9.9"}}' },
  { run: 'patch cm missing -n shop -p {}' },
  { run: 'label cm plain -n shop colour=red' },
  { run: 'label cm plain -n shop colour=green' },
  { run: 'label cm plain -n shop colour=green --overwrite' },
  { run: 'label cm plain -n shop colour-' },
  { run: 'label cm plain -n shop bad/label/key=x' },
  { run: "label cm plain -n shop key='not valid'" },
  { run: 'annotate cm plain -n shop example.dev/note=hello' },
  { run: 'replace -f -', input: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plain, namespace: shop}\ndata: {replaced: "yes"}\n' },
  { run: 'get cm plain -n shop -o jsonpath={.data}{.metadata.annotations}' },
  {
    run: 'replace -f -',
    input: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plain, namespace: shop, resourceVersion: "1"}\ndata: {replaced: "no"}\n',
  },
  { run: 'replace -f -', input: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: missing, namespace: shop}\n' },

  // Custom resources.
  { run: 'apply -f -', input: widgets },
  { run: 'wait crd/widgets.example.dev --for=condition=Established --timeout=10s' },
  {
    run: 'get crd widgets.example.dev -o jsonpath={.status.acceptedNames}',
    when: ['api-resources --api-group=example.dev --no-headers', 'widgets   wd    example.dev/v1   true   Widget'],
  },
  { run: 'get wd -n shop' },
  { run: 'apply -f -', input: widget('{ size: 3, unknown: 1 }') },
  { run: 'apply -f - --validate=ignore', input: widget('{ size: 3, unknown: 1 }') },
  { run: 'get wd -n shop' },
  { run: 'get wd one -n shop -o yaml' },
  { run: 'apply -f -', input: widget('{ size: 11 }') },
  { run: 'apply -f -', input: widget('{ size: many }') },
  { run: 'apply -f -', input: widget('{ size: 4, colour: blue }') },
  { run: 'apply -f -', input: widget('{}') },
  { run: 'patch wd one -n shop -p {"spec":{"size":5}}' },
  { run: 'patch wd one -n shop --type=merge -p {"spec":{"size":5}}' },
  { run: 'patch wd one -n shop --type=merge --subresource=status -p {"status":{"a":1}}' },
  { run: 'explain widget.spec.size' },
  { run: 'describe wd one -n shop' },
  { run: 'api-resources --api-group=example.dev' },
  { run: 'delete crd widgets.example.dev' },
  { run: 'get wd -n shop' },

  // Who may what.
  { run: 'auth can-i create deployments -n shop' },
  { run: 'auth can-i list pods -n shop --as guest' },
  { run: 'auth can-i list configmaps -n shop --as guest' },
  { run: 'auth can-i create nonsense' },
  { run: 'auth can-i get /healthz --as guest' },
  { run: 'auth can-i --list -n shop --as guest' },
  { run: 'get cm plain -n shop -o name --as guest' },
  { run: 'get pods -n shop --as guest' },
  { run: 'get pods -A --as guest' },
  { run: 'get pod x -n shop --as guest' },
  { run: 'get nodes --as guest' },
  { run: 'delete cm plain -n shop --as guest' },
  { run: 'create configmap x -n shop --as guest' },
  { run: 'scale deploy web --replicas=1 -n shop --as guest' },
  { run: 'get crd --as guest' },
  { run: 'get cm -n shop --user guest -o name' },
  { run: 'get secret -n shop --user guest' },
  { run: 'get cm -n shop --user guest --as admin' },
  { run: 'get cm -n shop --token forged' },
  { run: 'auth whoami --as guest --as-group visitors --as-group others' },
  {
    run: 'auth reconcile -f -',
    input:
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: reader, namespace: shop}\nrules: [{apiGroups: [""], resources: [pods], verbs: [get]}]\n',
  },
  { run: 'patch rolebinding guest-reads -n shop --type=merge -p {"roleRef":{"name":"other"}}' },

  // Deletion.
  { run: 'delete cm typo -n shop --dry-run=server' },
  { run: 'delete cm typo -n shop' },
  { run: 'delete cm typo -n shop' },
  { run: 'delete cm typo -n shop --ignore-not-found' },
  { run: 'apply -f -', input: held },
  { run: 'delete cm held -n shop --wait=false' },
  { run: 'get cm held -n shop -o jsonpath={.metadata.finalizers}{.metadata.deletionGracePeriodSeconds}' },
  { run: 'delete cm held -n shop --timeout=1s' },
  { run: 'patch cm held -n shop --type=merge -p {"metadata":{"finalizers":["example.dev/more"]}}' },
  { run: 'patch cm held -n shop --type=merge -p {"metadata":{"finalizers":null}}' },
  { run: 'wait cm/held -n shop --for=delete --timeout=10s' },
  { run: 'delete deploy web -n shop --cascade=orphan' },
  {
    run: 'get rs -n shop -l app=web -o jsonpath={.items[*].metadata.ownerReferences}',
    when: ['-n shop get rs -l app=web -o jsonpath={.items[*].metadata.ownerReferences}', ''],
  },
  { run: 'delete rs -n shop -l app=web --cascade=foreground --wait=false' },
  { run: 'get pods -n shop -l app=web', when: ['-n shop get pods -l app=web -o name', ''] },
  { run: 'delete sts,svc --all -n shop' },
  { run: 'delete ns shop --timeout=60s' },
  { run: 'get all -n shop' },
  { run: 'create configmap late -n shop' },
  { run: 'delete ns kube-system' },
  { run: 'delete clusterrole widget-reader' },
  { run: 'delete priorityclass high' },
];
