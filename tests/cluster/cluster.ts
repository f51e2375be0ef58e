import { HELMS, type Rendered, runHelm } from "../chart/helm.ts";
import type { KubeObject } from "../chart/kube_object.ts";
import { skipCheck } from "../fakes/outside_tool.ts";
import { ROOT } from "../program/exporter_command.ts";
import { until } from "../program/until.ts";

/** Whether `KUBECONFIG` names a Kubernetes API server, with controllers and without nodes. */
const hasServer = (Deno.env.get("KUBECONFIG") ?? "") !== "";
const kubectl = Deno.env.get("KUBECTL") ?? "kubectl";

/** A chart with the objects of the agglayer chart 1.x. */
export const ORIGINAL = decodeURIComponent(new URL("tests/cluster/original", ROOT).pathname);

/** A namespace for one test. */
export interface Namespace extends AsyncDisposable {
  readonly name: string;
  /** Runs Helm in the namespace, without waiting for Pods. */
  readonly helm: (helm: string, ...args: readonly string[]) => Promise<Rendered>;
  /** Runs kubectl in the namespace. @throws {Error} with its output if it fails */
  readonly kubectl: (args: readonly string[], input?: string) => Promise<string>;
  /** The objects of a kind. */
  readonly list: (kind: string) => Promise<readonly KubeObject[]>;
  /** Waits for this number of Pods. */
  readonly pods: (count: number) => Promise<readonly KubeObject[]>;
}

/**
 * Creates a namespace with the Secret of chart 1.x.
 */
export async function openNamespace(labels: Readonly<Record<string, string>> = {}): Promise<Namespace> {
  const name = `chart-${crypto.randomUUID().slice(0, 8)}`;
  const own: Namespace = {
    name,
    helm: (helm, ...args) => runHelm(helm, [...args, `--namespace=${name}`], ""),
    kubectl: (args, input = "") => run([`--namespace=${name}`, ...args], input),
    async list(kind) {
      return JSON.parse(await own.kubectl(["get", kind, "--output=json"])).items;
    },
    async pods(wanted) {
      return await until(`${wanted} Pods`, async () => {
        const pods = await own.list("pods");
        return pods.length === wanted ? pods : undefined;
      });
    },
    async [Symbol.asyncDispose]() {
      await run(["delete", "namespace", name, "--wait=false"], "");
    },
  };
  await run(
    ["create", "--filename=-"],
    JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } }),
  );
  await own.kubectl(["create", "secret", "generic", "op-secrets", "--from-literal=wallet-balance-exporter={}"]);
  return own;
}

/** Runs kubectl. */
async function run(args: readonly string[], input: string): Promise<string> {
  const { code, stdout, stderr } = await runHelm(kubectl, args, input);
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

/** Sets the phase of Pods, as a kubelet would; running Pods are ready. */
export async function markPods({ kubectl, list }: Namespace, phase: "Running" | "Succeeded"): Promise<void> {
  const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  const conditions = ["PodScheduled", "Initialized", "ContainersReady", "Ready"].map((type) => ({
    type,
    status: phase === "Running" ? "True" : "False",
    lastTransitionTime: now,
  }));
  for (const { metadata } of await list("pods")) {
    const patch = JSON.stringify({ status: { phase, conditions } });
    await kubectl(["patch", "pod", metadata.name, "--subresource=status", "--type=merge", `--patch=${patch}`]);
  }
}

/**
 * Defines a test on a Kubernetes API server, once for each Helm.
 */
export function clusterTest(name: string, run: (helm: string) => Promise<void>): void {
  for (const [which, helm] of Object.entries(HELMS)) {
    Deno.test(`${which}: ${name}`, async () => {
      if (!hasServer) return skipCheck(`"${name}"`, "KUBECONFIG names no Kubernetes API server");
      await run(helm);
    });
  }
}
