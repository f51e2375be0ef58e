import { Registry } from "prom-client";
import { REASON_NAMES } from "../src/jsonrpc/errors.ts";
import { registerAlertmanagerMetrics } from "../src/metrics/families/alertmanager_metrics.ts";
import { listFamilies } from "../src/metrics/families/families.ts";
import { registerRpcMetrics } from "../src/metrics/families/rpc_metrics.ts";
import type { Family } from "../src/metrics/model/family.ts";

/** Writes `docs/metrics.md` from the families the program shows. */
export async function metricsPage(): Promise<string> {
  const registry = new Registry();
  registerRpcMetrics(registry, () => 0);
  registerAlertmanagerMetrics(registry);
  const all = await listFamilies(registry);
  const process = all.filter(({ name }) => name.startsWith("process_"));
  const exporter = all.filter(({ name }) => name.startsWith("wallet_balance_exporter_"));
  const wallets = all.filter((family) => !process.includes(family) && !exporter.includes(family));
  return `# Metrics

Generated from the program's own metric families by \`deno task gen\`; do not edit.

Every series has the labels \`release\` and \`namespace\`. Label values come from the configuration or from closed sets,
never from what a node returns, except the number in \`chain_id\`. \`endpoint\` is a name, never a URL. The names of the
original exporter are kept: the first five families of wallets and the first three of the exporter.
With \`--shard\`, \`wallet_balance_exporter_up\` also has the label \`shard\`, so that shards can be counted.
On a chain without a native coin (Tempo) wallets have token families only.

[Upgrading](upgrading.md#what-is-stable) says which names and labels may change, and when.

Runway in seconds: \`wallet_balance_eth / rate(wallet_balance_spent_eth_total[6h])\`.

## Wallets

${table(wallets)}

## The exporter

${table(exporter)}

The reasons of \`wallet_balance_exporter_rpc_errors_total\` are a closed set of ${REASON_NAMES.length}, each present at 0 from the start.
Families with \`alertmanager\` in their name are there with \`--alertmanager.url\` only.
\`reverted\` is a contract's answer, not an endpoint failure: the alert on errors does not count it. \`internal\` is a bug in
the exporter.

## The process

${table(process)}

Other process metrics, such as the number of open files, need permissions that the program does not have.

## Formats

\`/metrics\` returns Prometheus text 0.0.4, or OpenMetrics 1.0 when the \`Accept\` header asks for it; gzip when
\`Accept-Encoding\` asks for it. \`?name[]=wallet_balance_eth&name[]=…\` returns these families only.
`;
}

function table(families: readonly Family[]): string {
  const lines = families.map(({ name, type, help, labels }) =>
    `| \`${name}\` | ${type} | ${labels.toSorted().map((label) => `\`${label}\``).join(", ")} | ${help} |`
  );
  return ["| Name | Type | Labels | Meaning |", "| --- | --- | --- | --- |", ...lines].join("\n");
}
