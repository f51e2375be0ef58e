import assert from "node:assert/strict";
import { chartTest, HELMS, helmTemplate, refusal } from "./helm.ts";

type Invalid = readonly [name: string, values: unknown, says: readonly RegExp[]];

/** Invalid values, and what the message must say. */
const INVALID: readonly Invalid[] = [
  ["an unknown value", { replicas: 2 }, [/replicas/]],
  ["an unknown nested value", { image: { repo: "x" } }, [/repo/]],
  ["the Python image", { image: { repository: "python", tag: "3.11-slim" } }, [
    /image\.repository is "python"/,
    /Remove image\.repository and image\.tag from your values/,
    /--reset-then-reuse-values/,
  ]],
  ["the Python image of another registry", { image: { repository: "mirror.example/library/python" } }, [
    /image\.repository is/,
  ]],
  ["the Python image with its tag", { image: { repository: "python", tag: "3.11-alpine" } }, [
    /image\.tag "3\.11-alpine"/,
  ]],
  ["the Python image by digest", { image: { repository: "python@sha256", tag: "0".repeat(64) } }, [
    /image of the agglayer chart 1\.x/,
  ]],
  ["an image built for chart 1.x", { image: { repository: "your-registry/wallet-balance-exporter", tag: "1.0.0" } }, [
    /image\.tag "1\.0\.0": this is an image of the agglayer chart 1\.x/,
    /Remove image\.repository and image\.tag from your values/,
    /also set image\.digest/,
  ]],
  ...["3.11-alpine", "3.12-slim-bookworm", "3.11.9", "3.11-alpine3.19", "3", "3.13-rc-slim", "slim", "1.0.0", 3.11, 3]
    .map(
      (tag): Invalid => [`the old tag ${tag} alone`, { image: { tag } }, [/image of the agglayer chart 1\.x/]],
    ),
  [
    "a ServiceMonitor together with a PodMonitor",
    { serviceMonitor: { enabled: true }, podMonitor: { enabled: true } },
    [
      /serviceMonitor and podMonitor are both enabled/,
      /Disable one/,
    ],
  ],
  ["a ServiceMonitor without a Service", { serviceMonitor: { enabled: true }, service: { enabled: false } }, [
    /service\.enabled=true, or use podMonitor/,
  ]],
  ["two configuration sources", { config: { networks: { "http://a": [] } } }, [
    /existingSecret\.name and config\.networks/,
    /set existingSecret\.name=""/,
  ]],
  ["three configuration sources", { config: { networks: { "http://a": [] }, text: "{}" } }, [/ and config\.text/]],
  ["a file and a Secret", { config: { file: "/a" } }, [/existingSecret\.name and config\.file/]],
  ["a file together with env delivery", { existingSecret: { name: "" }, config: { file: "/a", delivery: "env" } }, [
    /config\.file cannot be combined with config\.delivery=env/,
    /Set config\.delivery=file/,
  ]],
  ["a duplicate environment variable", { extraEnv: [{ name: "A", value: "1" }, { name: "A", value: "2" }] }, [
    /extraEnv has a duplicate variable "A"\. Keep one/,
  ]],
  ["a port set by environment variable", { extraEnv: [{ name: "METRICS_PORT", value: "1" }] }, [/Set ports\.metrics/]],
  [
    "rights for the ServiceAccount of all Pods",
    { walletLists: { enabled: true }, serviceAccount: { create: false } },
    [
      /walletLists\.enabled gives rights to the ServiceAccount/,
      /Set serviceAccount\.create=true, or serviceAccount\.name/,
    ],
  ],
  ["one port for two containers", { walletLists: { enabled: true }, ports: { metrics: 8081 } }, [
    /walletLists\.healthPort and ports\.metrics are both 8081/,
  ]],
  ["a folder of wallet lists that is no path", { walletLists: { folder: "wallets.d" } }, [/folder/]],
  ["a NetworkPolicy without ports", { networkPolicy: { egress: { public: { ports: [] } } } }, [/ports/]],
  ["a headless Service of type NodePort", { service: { clusterIP: "None", type: "NodePort" } }, [
    /service\.clusterIP=None is not allowed/,
    /Set service\.type=ClusterIP/,
  ]],
  ["a check interval of a month", { config: { checkInterval: { seconds: "30d" } } }, [/at most 24 days/]],
  ["a staleAfter shorter than the check interval", { config: { staleAfter: "5m" } }, [
    /config\.staleAfter is "5m"/,
    /"0" for never/,
  ]],
  ["a timeout of 0", { config: { rpcTimeout: "0" } }, [/rpcTimeout/]],
  ["a name that is not a valid label", { nameOverride: "My App" }, [/nameOverride/]],
  ["a repository with a tag", { image: { repository: "quay.io/x:1" } }, [/repository/]],
  ["an invalid Prometheus duration", { prometheusRule: { alerts: { WalletBalanceStale: { for: "1m1h" } } } }, [
    /for/,
  ]],
  ["a missing configuration source", { existingSecret: { name: "" } }, [
    /No configuration/,
    /set existingSecret\.name to a Secret/,
  ]],
  ["a Secret without a key", { existingSecret: { field: "" } }, [/existingSecret\.field is empty/]],
  ["a PodDisruptionBudget with both fields", {
    podDisruptionBudget: { enabled: true, minAvailable: 1, maxUnavailable: 1 },
  }, [
    /both maxUnavailable and minAvailable/,
    /set the other to null/,
  ]],
  ["a PodDisruptionBudget with both fields set to 0", {
    podDisruptionBudget: { enabled: true, minAvailable: 0, maxUnavailable: 0 },
  }, [/both maxUnavailable and minAvailable/]],
  ["an ExternalSecret without a name", {
    externalSecret: { enabled: true },
    existingSecret: { name: "" },
    config: { text: "{}" },
  }, [
    /existingSecret\.name, which is empty/,
  ]],
  ["an ExternalSecret without a store", { externalSecret: { enabled: true } }, [
    /secretStoreRef\.name and remoteRef\.key/,
  ]],
  ["CA certificates from two sources", { caBundle: { configMap: "a", secret: "b" } }, [/Keep one/]],
  ["TLS without a certificate", { webConfig: { tls: true } }, [/webConfig\.tls requires webConfig\.existingSecret/]],
  ["a check interval of 0", { config: { checkInterval: { seconds: 0 } } }, [/checkInterval/]],
  ["a check interval of half a second", { config: { checkInterval: { seconds: "500ms" } } }, [
    /whole seconds, at least 1/,
  ]],
  ["a check interval that is not a duration", { config: { checkInterval: { seconds: "often" } } }, [/checkInterval/]],
  ["a fractional check interval", { config: { checkInterval: { seconds: 1.5 } } }, [/checkInterval/]],
  ["an environment variable that is a number", { extraEnv: [{ name: "A", value: 5 }] }, [/extraEnv/]],
  ["a label that is a list", { podLabels: { a: [] } }, [/podLabels/]],
  ["a port above 65535", { ports: { metrics: "70000" } }, [/metrics/]],
  ["exporterLabels without release", { prometheusRule: { exporterLabels: ["cluster", "namespace"] } }, [
    /exporterLabels/,
  ]],
  ["walletLabels without network", { prometheusRule: { walletLabels: ["label"] } }, [/walletLabels/]],
  ["an extra wallet label that is not a name", { prometheusRule: { extraWalletLabels: ["my-team"] } }, [
    /extraWalletLabels/,
  ]],
  ...["severity", "cluster", "pod", "alertname", "NaN", "without"].map((name): Invalid => [
    `the wallet label ${name} in rules`,
    { prometheusRule: { enabled: true, extraWalletLabels: [name] } },
    [new RegExp(`The label "${name}" of the wallets cannot be used in rules`)],
  ]),
  ["an unknown delivery", { config: { delivery: "configmap" } }, [/delivery/]],
];

for (const [name, values, says] of INVALID) {
  chartTest(`the chart refuses ${name}`, async () => {
    const message = await refusal({ values });
    for (const pattern of says) assert.match(message, pattern);
  });
}

chartTest("an upgrade with --reuse-values from chart 1.x says how to upgrade, with both Helms", async () => {
  for (const helm of Object.values(HELMS)) {
    // Like --reuse-values: defaults that are new in this chart are missing.
    const nothing = ["serviceAccount", "externalSecret", "webConfig", "networkPolicy", "caBundle", "prometheusRule"];
    const values = Object.fromEntries(nothing.map((key) => [key, null]));
    assert.match(await refusal({ helm, values }), /--reset-then-reuse-values/);
    assert.match(
      await refusal({ helm, values: { ...values, image: { repository: "python", tag: "3.11-slim" } } }),
      /image\.repository is "python"/,
    );
  }
});

chartTest("the chart refuses Kubernetes older than 1.21", async () => {
  const { code, stderr } = await helmTemplate({ kubeVersion: "1.20.15" });
  assert.notEqual(code, 0);
  assert.match(stderr, /1\.21/);
});
