import assert from "node:assert/strict";
import { CHART, chartTest, HELMS, runHelm } from "./helm.ts";

/** Renders NOTES.txt, without installing. */
async function notes(values: unknown): Promise<string> {
  const args = ["install", "rel", CHART, "--namespace=ns", "--dry-run=client", "--values=-"];
  const { code, stdout, stderr } = await runHelm(HELMS.helm, args, JSON.stringify(values));
  assert.equal(code, 0, stderr);
  const [, text = ""] = stdout.split("\nNOTES:\n");
  assert.ok(text !== "", "NOTES.txt is empty");
  return text;
}

const INLINE = { existingSecret: { name: "" }, config: { networks: { "https://x.example/PLANTED-KEY": [] } } };

chartTest("NOTES.txt shows the configuration source and the first commands", async () => {
  const text = await notes({});
  assert.match(text, /the key wallet-balance-exporter of the Secret op-secrets/);
  assert.match(text, /kubectl --namespace ns get secret op-secrets/);
  assert.match(text, /exec deploy\/rel-wallet-balance-exporter -- wallet-balance-exporter check/);
  assert.match(text, /port-forward svc\/rel-wallet-balance-exporter 8080:8080/);
  assert.match(text, /already have a Service .* set\s+service\.enabled=false/s);
  assert.doesNotMatch(text, /WARNING/);
});

for (
  const { name, values, target } of [
    { name: "the Service", values: { service: { port: 80 } }, target: "svc/rel-wallet-balance-exporter 8080:80" },
    {
      name: "the Deployment without a Service",
      values: { service: { enabled: false }, ports: { metrics: 9000 } },
      target: "deploy/rel-wallet-balance-exporter 8080:9000",
    },
    {
      name: "the Deployment of one shard",
      values: { shards: 3, service: { port: 80 } },
      target: "deploy/rel-wallet-balance-exporter-shard-0 8080:8080",
    },
  ]
) {
  chartTest(`NOTES.txt says how to open the page through ${name}`, async () => {
    const text = await notes(values);
    assert.match(text, /Open the page at http:\/\/localhost:8080\/ while/);
    assert.deepEqual(text.match(/(?<=port-forward ).*/g), [target]);
  });
}

chartTest("NOTES.txt offers no page over HTTP with TLS, and none without a Pod", async () => {
  const secured = await notes({ webConfig: { existingSecret: "web", tls: true } });
  assert.match(secured, /Open the page at https:\/\/localhost:8080\//);
  assert.doesNotMatch(await notes({ replicaCount: 0 }), /Open the page|port-forward/);
});

for (
  const { name, values, warns } of [
    { name: "two replicas", values: { replicaCount: 2 }, warns: /replicaCount is 2/ },
    { name: "no replica", values: { replicaCount: 0 }, warns: /no wallet is monitored/ },
    { name: "env delivery", values: { config: { delivery: "env" } }, warns: /config\.delivery is env/ },
    { name: "API keys in the values", values: INLINE, warns: /API keys are stored wherever the values are/ },
    {
      name: "a Datadog check that collects everything",
      values: { podAnnotations: { "ad.datadoghq.com/wallet-balance-exporter.checks": 'openmetrics: ["^wallet_.*"]' } },
      warns: /Datadog bills custom metrics.*add exclude_metrics/,
    },
    { name: "the tag latest", values: { image: { tag: "latest" } }, warns: /image\.tag is latest/ },
    {
      name: "a PodDisruptionBudget that blocks drains",
      values: { podDisruptionBudget: { enabled: true, maxUnavailable: 0 } },
      warns: /draining a node will hang/,
    },
    {
      name: "a PodDisruptionBudget that keeps the only Pod",
      values: { podDisruptionBudget: { enabled: true, minAvailable: 1 } },
      warns: /draining a node will hang/,
    },
    {
      name: "a PodDisruptionBudget that keeps more than half of one Pod",
      values: { podDisruptionBudget: { enabled: true, minAvailable: "51%" } },
      warns: /draining a node will hang/,
    },
    {
      name: "a NetworkPolicy without in-cluster nodes",
      values: { networkPolicy: { enabled: true } },
      warns: /DNS and public RPC endpoints only/,
    },
    {
      name: "rules without a monitor",
      values: { prometheusRule: { enabled: true } },
      warns: /without serviceMonitor or podMonitor/,
    },
  ]
) {
  chartTest(`NOTES.txt warns of ${name} once, and shows no secret`, async () => {
    const text = await notes(values);
    assert.match(text, warns);
    assert.equal(text.split("WARNING: ").length, 2, text);
    assert.ok(!text.includes("PLANTED-KEY"));
  });
}

chartTest("NOTES.txt says how teams add wallets, and warns if the configuration names no file of theirs", async () => {
  const text = await notes({ walletLists: { enabled: true } });
  assert.match(text, /ConfigMaps in this namespace that have the label wallet-balance-exporter\/wallets=true\./);
  assert.match(text, /walletsFrom: \/etc\/wallet-balance-exporter\/wallets\.d\/\*\.csv/);
  assert.doesNotMatch(text, /WARNING/);
  const inline = (walletsFrom: object): object => ({
    walletLists: { enabled: true },
    existingSecret: { name: "" },
    config: { networks: [{ name: "n", endpoints: ["http://n:8545"], ...walletsFrom }] },
  });
  assert.match(await notes(inline({})), /WARNING: walletLists is enabled, but no walletsFrom/);
  const named = await notes(inline({ walletsFrom: "/etc/wallet-balance-exporter/wallets.d/*.csv" }));
  assert.doesNotMatch(named, /but no walletsFrom/);
});

chartTest("NOTES.txt does not warn of a PodDisruptionBudget that allows an eviction", async () => {
  for (
    const [shards, budget] of [
      [1, {}],
      [1, { maxUnavailable: "50%" }],
      [1, { minAvailable: 0 }],
      [2, { minAvailable: 1 }],
      [2, { minAvailable: "50%" }],
    ] as const
  ) {
    const values = { shards, podDisruptionBudget: { enabled: true, ...budget } };
    assert.doesNotMatch(await notes(values), /WARNING/, JSON.stringify(budget));
  }
});
