import assert from "node:assert/strict";
import { HELMS, helmTemplate, refusal } from "./helm.ts";
import { chartTest } from "./with_helm.ts";

type Mistake = readonly [name: string, values: unknown, says: readonly RegExp[]];

/** Mistakes, and what the message must name and advise. */
const MISTAKES: readonly Mistake[] = [
  ["a value that there is none of", { replicas: 2 }, [/replicas/]],
  ["a value that there is none of, further down", { image: { repo: "x" } }, [/repo/]],
  ["the original's image", { image: { repository: "python", tag: "3.11-slim" } }, [
    /image\.repository is "python"/,
    /Take image\.repository and image\.tag out of your values/,
    /--reset-then-reuse-values/,
  ]],
  ["the original's image of another registry", { image: { repository: "mirror.example/library/python" } }, [
    /image\.repository is/,
  ]],
  ["the original's image under its real tag", { image: { repository: "python", tag: "3.11-alpine" } }, [
    /image\.tag "3\.11-alpine"/,
  ]],
  ["the original's image by its digest", { image: { repository: "python@sha256", tag: "0".repeat(64) } }, [
    /image of the original/,
  ]],
  ["an image made for the original", { image: { repository: "your-registry/wallet-balance-exporter", tag: "1.0.0" } }, [
    /image\.tag "1\.0\.0": that is an image of the original/,
    /Take image\.repository and image\.tag out of your values/,
    /by its image\.digest/,
  ]],
  ...["3.11-alpine", "3.12-slim-bookworm", "3.11.9", "3.11-alpine3.19", "3", "3.13-rc-slim", "slim", "1.0.0", 3.11, 3]
    .map(
      (tag): Mistake => [`the original's tag ${tag} alone`, { image: { tag } }, [/image of the original/]],
    ),
  ["both monitors", { serviceMonitor: { enabled: true }, podMonitor: { enabled: true } }, [
    /serviceMonitor and podMonitor are both enabled/,
    /Disable one/,
  ]],
  ["a monitor of a Service that there is none of", { serviceMonitor: { enabled: true }, service: { enabled: false } }, [
    /service\.enabled=true, or use podMonitor/,
  ]],
  ["both sources", { config: { networks: { "http://a": [] } } }, [
    /existingSecret\.name and config\.networks/,
    /set existingSecret\.name=""/,
  ]],
  ["three sources", { config: { networks: { "http://a": [] }, text: "{}" } }, [/ and config\.text/]],
  ["a file and a Secret", { config: { file: "/a" } }, [/existingSecret\.name and config\.file/]],
  ["a file as a variable", { existingSecret: { name: "" }, config: { file: "/a", delivery: "env" } }, [
    /Set config\.delivery=file/,
  ]],
  ["a variable that is there twice", { extraEnv: [{ name: "A", value: "1" }, { name: "A", value: "2" }] }, [
    /has A twice/,
  ]],
  ["a port that nothing follows", { extraEnv: [{ name: "METRICS_PORT", value: "1" }] }, [/Set ports\.metrics/]],
  ["a policy for no port", { networkPolicy: { egress: { public: { ports: [] } } } }, [/ports/]],
  ["a Service of contradictions", { service: { clusterIP: "None", type: "NodePort" } }, [/service\.clusterIP is None/]],
  ["an interval of a month", { config: { checkInterval: { seconds: "30d" } } }, [/at most 24 days/]],
  ["balances that are withdrawn before they are read again", { config: { staleAfter: "5m" } }, [
    /config\.staleAfter is "5m"/,
    /"0" for never/,
  ]],
  ["a timeout of nothing", { config: { rpcTimeout: "0" } }, [/rpcTimeout/]],
  ["a name that no label may have", { nameOverride: "My App" }, [/nameOverride/]],
  ["a repository with a tag", { image: { repository: "quay.io/x:1" } }, [/repository/]],
  ["a time that Prometheus does not take", { prometheusRule: { alerts: { WalletBalanceStale: { for: "1m1h" } } } }, [
    /for/,
  ]],
  ["no source", { existingSecret: { name: "" } }, [/There is no configuration/, /Name a Secret/]],
  ["a Secret without a key", { existingSecret: { field: "" } }, [/existingSecret\.field is empty/]],
  ["a budget with both fields", { podDisruptionBudget: { enabled: true, minAvailable: 1, maxUnavailable: 1 } }, [
    /both maxUnavailable and minAvailable/,
    /set the other to null/,
  ]],
  ["a budget with both fields, one of them 0", {
    podDisruptionBudget: { enabled: true, minAvailable: 0, maxUnavailable: 0 },
  }, [/both maxUnavailable and minAvailable/]],
  ["an external secret of no name", {
    externalSecret: { enabled: true },
    existingSecret: { name: "" },
    config: { text: "{}" },
  }, [
    /existingSecret\.name, which is empty/,
  ]],
  ["an external secret from nowhere", { externalSecret: { enabled: true } }, [
    /secretStoreRef\.name and remoteRef\.key/,
  ]],
  ["authorities from two places", { caBundle: { configMap: "a", secret: "b" } }, [/Keep one/]],
  ["TLS without a certificate", { webConfig: { tls: true } }, [/webConfig\.existingSecret names no Secret/]],
  ["an interval of nothing", { config: { checkInterval: { seconds: 0 } } }, [/checkInterval/]],
  ["an interval of half a second", { config: { checkInterval: { seconds: "500ms" } } }, [/whole seconds from 1/]],
  ["an interval that is no time", { config: { checkInterval: { seconds: "often" } } }, [/checkInterval/]],
  ["an interval with a fraction", { config: { checkInterval: { seconds: 1.5 } } }, [/checkInterval/]],
  ["a variable that is a number", { extraEnv: [{ name: "A", value: 5 }] }, [/extraEnv/]],
  ["a label that is a list", { podLabels: { a: [] } }, [/podLabels/]],
  ["a port past the last", { ports: { metrics: "70000" } }, [/metrics/]],
  ["labels that select no release", { prometheusRule: { exporterLabels: ["cluster", "namespace"] } }, [
    /exporterLabels/,
  ]],
  ["labels that tell no network", { prometheusRule: { walletLabels: ["label"] } }, [/walletLabels/]],
  ["a delivery there is none of", { config: { delivery: "configmap" } }, [/delivery/]],
];

for (const [name, values, says] of MISTAKES) {
  chartTest(`the chart refuses ${name}`, async () => {
    const message = await refusal({ values });
    for (const pattern of says) assert.match(message, pattern);
  });
}

chartTest("values of the original that an upgrade carries along are told how to upgrade, by both Helms", async () => {
  for (const helm of Object.values(HELMS)) {
    // As --reuse-values does it: what this chart has by default is not there.
    const nothing = ["serviceAccount", "externalSecret", "webConfig", "networkPolicy", "caBundle", "prometheusRule"];
    const values = Object.fromEntries(nothing.map((key) => [key, null]));
    assert.match(await refusal({ helm, values }), /--reset-then-reuse-values/);
    assert.match(
      await refusal({ helm, values: { ...values, image: { repository: "python", tag: "3.11-slim" } } }),
      /image\.repository is "python"/,
    );
  }
});

chartTest("Kubernetes older than 1.21 is refused", async () => {
  const { code, stderr } = await helmTemplate({ kubeVersion: "1.20.15" });
  assert.notEqual(code, 0);
  assert.match(stderr, /1\.21/);
});
