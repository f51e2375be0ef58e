import assert from "node:assert/strict";
import { CHART, HELMS, runHelm } from "./helm.ts";
import { chartTest } from "./with_helm.ts";

/** What is said after an installation, without installing. */
async function notes(values: unknown): Promise<string> {
  const args = ["install", "rel", CHART, "--namespace=ns", "--dry-run=client", "--values=-"];
  const { code, stdout, stderr } = await runHelm(HELMS.helm, args, JSON.stringify(values));
  assert.equal(code, 0, stderr);
  const [, text = ""] = stdout.split("\nNOTES:\n");
  assert.ok(text !== "", "there are no notes");
  return text;
}

const INLINE = { existingSecret: { name: "" }, config: { networks: { "https://x.example/PLANTED-KEY": [] } } };

chartTest("the notes tell where the configuration is, and how to look", async () => {
  const text = await notes({});
  assert.match(text, /the key wallet-balance-exporter of the Secret op-secrets/);
  assert.match(text, /kubectl --namespace ns get secret op-secrets/);
  assert.match(text, /exec deploy\/rel-wallet-balance-exporter -- wallet-balance-exporter check/);
  assert.match(text, /port-forward svc\/rel-wallet-balance-exporter 8080:8080/);
  assert.match(text, /a Service of yours .* set service\.enabled=false/s);
  assert.doesNotMatch(text, /WARNING/);
});

for (
  const { name, values, warns } of [
    { name: "more than one exporter", values: { replicaCount: 2 }, warns: /replicaCount is 2/ },
    { name: "none", values: { replicaCount: 0 }, warns: /nothing is watched/ },
    { name: "the variable", values: { config: { delivery: "env" } }, warns: /config\.delivery is env/ },
    { name: "keys in the values", values: INLINE, warns: /RPC keys in it are kept/ },
    {
      name: "a Datadog check that collects everything",
      values: { podAnnotations: { "ad.datadoghq.com/wallet-balance-exporter.checks": 'openmetrics: ["^wallet_.*"]' } },
      warns: /exclude_metrics: custom metrics are billed/,
    },
    { name: "a tag that moves", values: { image: { tag: "latest" } }, warns: /image\.tag is latest/ },
    {
      name: "a budget that blocks drains",
      values: { podDisruptionBudget: { enabled: true, maxUnavailable: 0 } },
      warns: /draining its node will hang/,
    },
    {
      name: "a budget that keeps the only Pod",
      values: { podDisruptionBudget: { enabled: true, minAvailable: 1 } },
      warns: /draining its node will hang/,
    },
    {
      name: "a budget that keeps more than half of one Pod",
      values: { podDisruptionBudget: { enabled: true, minAvailable: "51%" } },
      warns: /draining its node will hang/,
    },
    {
      name: "a policy that shuts out the cluster",
      values: { networkPolicy: { enabled: true } },
      warns: /names and public nodes only/,
    },
    {
      name: "rules of what nobody scrapes",
      values: { prometheusRule: { enabled: true } },
      warns: /no monitor/,
    },
  ]
) {
  chartTest(`the notes warn of ${name}, once, and tell no secret`, async () => {
    const text = await notes(values);
    assert.match(text, warns);
    assert.equal(text.split("WARNING: ").length, 2, text);
    assert.ok(!text.includes("PLANTED-KEY"));
  });
}

chartTest("the notes warn of no budget that lets a Pod go", async () => {
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
