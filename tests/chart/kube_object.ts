/** Labels, annotations and other string maps. */
export type Texts = Readonly<Record<string, string>>;

type Fields = Readonly<Record<string, unknown>>;
type Some<T> = readonly [T, ...T[]];

/** A Kubernetes object. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Texts;
    readonly annotations?: Texts;
  };
}

/** An environment variable of a container. */
export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string } };
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string; readonly scheme?: string };
  readonly initialDelaySeconds?: number;
}

/** A container. Fields that tests use are typed as present: assertions fail if they are missing. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args: readonly [string, string, ...string[]];
  readonly env: Some<Variable>;
  readonly ports: Some<{ readonly name: string; readonly containerPort: number }>;
  readonly volumeMounts: Some<{ readonly name: string; readonly mountPath: string }>;
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly securityContext: Fields;
}

/** A volume. */
export interface Volume {
  readonly name: string;
  readonly secret: {
    readonly secretName: string;
    readonly defaultMode: number;
    readonly items: Some<{ readonly key: string; readonly path: string }>;
  };
  readonly configMap: { readonly name: string };
}

interface PodSpec {
  readonly containers: Some<Container>;
  readonly volumes: Some<Volume>;
  readonly securityContext: Fields;
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken: boolean;
  readonly enableServiceLinks: boolean;
  readonly imagePullSecrets: unknown;
  readonly priorityClassName: string;
  readonly runtimeClassName: string;
  readonly schedulerName: string;
}

interface Selector {
  readonly matchLabels: Texts;
}

interface DeploymentSpec {
  readonly replicas: number;
  readonly revisionHistoryLimit: number;
  readonly strategy: Fields;
  readonly selector: Selector;
  readonly template: {
    readonly metadata: { readonly labels: Texts; readonly annotations: Texts };
    readonly spec: PodSpec;
  };
}

interface ServiceSpec {
  readonly type: string;
  readonly externalName: string;
  readonly ports: readonly unknown[];
  readonly selector: Texts;
}

/** A rule of a NetworkPolicy. */
export interface PolicyRule {
  readonly ports: readonly { readonly port: number | string; readonly protocol: string }[];
  readonly to?: readonly { readonly ipBlock?: { readonly cidr: string; readonly except: readonly string[] } }[];
  readonly from?: readonly { readonly podSelector?: Selector }[];
}

interface PolicySpec {
  readonly policyTypes: readonly string[];
  readonly podSelector: Selector;
  readonly ingress: readonly PolicyRule[];
  readonly egress: readonly PolicyRule[];
}

interface MonitorSpec extends Fields {
  readonly jobLabel: string;
  readonly selector: Selector;
  readonly namespaceSelector?: { readonly matchNames: readonly string[] };
  readonly endpoints?: Some<Fields>;
  readonly podMetricsEndpoints?: Some<Fields>;
}

interface ExternalSecretSpec {
  readonly refreshInterval: string;
  readonly secretStoreRef: { readonly name: string };
  readonly target: { readonly name: string };
  readonly data: Some<{ readonly secretKey: string }>;
  readonly dataFrom: unknown;
}

interface DatadogMonitorSpec {
  readonly name: string;
  readonly priority: number;
  readonly type: string;
  readonly query: string;
  readonly message: string;
  readonly tags: readonly string[];
}

/** A group of Prometheus rules. */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly {
    readonly alert?: string;
    readonly expr: string;
    readonly for?: string;
    readonly keep_firing_for?: string;
    readonly labels?: Texts;
    readonly annotations?: Texts;
  }[];
}

/** Fields of each kind besides its metadata. */
export interface Kinds {
  readonly Deployment: { readonly spec: DeploymentSpec };
  readonly Pod: { readonly spec: PodSpec };
  readonly Service: { readonly spec: ServiceSpec };
  readonly ServiceAccount: { readonly automountServiceAccountToken: boolean };
  readonly Role: { readonly rules: readonly Fields[] };
  readonly RoleBinding: { readonly roleRef: { readonly name: string }; readonly subjects: readonly Fields[] };
  readonly Secret: { readonly data: { readonly config: string } };
  readonly ConfigMap: { readonly data: Texts };
  readonly NetworkPolicy: { readonly spec: PolicySpec };
  readonly PodDisruptionBudget: { readonly spec: Fields & { readonly selector: Selector } };
  readonly ServiceMonitor: { readonly spec: MonitorSpec };
  readonly PodMonitor: { readonly spec: MonitorSpec };
  readonly PrometheusRule: { readonly spec: { readonly groups: readonly RuleGroup[] } };
  readonly ExternalSecret: { readonly spec: ExternalSecretSpec };
  readonly DatadogMonitor: { readonly spec: DatadogMonitorSpec };
  readonly GrafanaDashboard: {
    readonly spec: { readonly folder: string; readonly configMapRef: { readonly name: string; readonly key: string } };
  };
}

/** An object of a kind. */
export type Of<Kind extends keyof Kinds> = KubeObject & Kinds[Kind];

/** The objects of a kind. */
export function all<Kind extends keyof Kinds>(objects: readonly KubeObject[], kind: Kind): readonly Of<Kind>[] {
  return objects.filter((object): object is Of<Kind> => object.kind === kind);
}

/** The only object of a kind, or the one with the given name. */
export function only<Kind extends keyof Kinds>(objects: readonly KubeObject[], kind: Kind, name?: string): Of<Kind> {
  const found = all(objects, kind).filter(({ metadata }) => name === undefined || metadata.name === name);
  const [object] = found;
  if (object === undefined || found.length > 1) throw new Error(`There are ${found.length} of ${kind} ${name ?? ""}`);
  return object;
}

/** The container of the exporter. */
export function containerOf({ spec }: Of<"Deployment">): Container {
  const container = spec.template.spec.containers.find(({ name }) => name === "wallet-balance-exporter");
  if (container === undefined) throw new Error("There is no container of the exporter");
  return container;
}

/**
 * The exporter's environment: values or their sources by name.
 *
 * @throws {Error} for a duplicate name, which server-side apply rejects
 */
export function envOf(deployment: Of<"Deployment">): Readonly<Record<string, unknown>> {
  const { env } = containerOf(deployment);
  const variables = Object.fromEntries(env.map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));
  if (Object.keys(variables).length < env.length) throw new Error("Duplicate variable");
  return variables;
}
