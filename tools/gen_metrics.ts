import type { Registry } from "prom-client";
import { REASON_NAMES } from "../src/jsonrpc/errors.ts";
import type { FamilyHead } from "../src/metrics/exposition.ts";
import { PROCESS_FAMILIES } from "../src/metrics/process_families.ts";
import { registryFamilies } from "../src/metrics/registry_families.ts";
import { createSelfMetrics } from "../src/metrics/self_metrics.ts";
import { TOKEN_FAMILIES } from "../src/metrics/token_families.ts";
import { WALLET_FAMILIES } from "../src/metrics/wallet_families.ts";

interface Row {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** Besides those of every series. */
  readonly labels: readonly string[];
}

/** Writes `docs/metrics.md` from the families the program shows. */
export async function metricsPage(): Promise<string> {
  const wallet = [...WALLET_FAMILIES, ...TOKEN_FAMILIES].map((family) => rowOf(family, family.labels));
  const { registry } = createSelfMetrics({ interval: 300, rejectedEntries: 0, configLoadedAt: 0 });
  const own = (await registryFamilies(registry, { release: "", namespace: "" })).map((family) =>
    rowOf(family, [...labelNamesOf(registry, family.name), ...family.type === "histogram" ? ["le"] : []])
  );
  const process = PROCESS_FAMILIES.map((family) => rowOf(family, []));
  return `# Metrics

Made from the program's own families by \`deno task gen\`; do not edit.

Every series carries \`release\` and \`namespace\`. Label values come from the configuration or from closed sets, never from
what a node says, but for the number in \`chain_id\`; \`endpoint\` is a name, never a URL. The first eight families are those of the original exporter.
Where wallets are sharded, \`wallet_balance_exporter_up\` has the label \`shard\` as well, so that shards can be counted.
On a chain without a coin (Tempo) wallets have families of tokens only.

Runway, in seconds, is one line: \`wallet_balance_eth / rate(wallet_balance_spent_eth_total[6h])\`.

## Wallets

${table(wallet.filter(({ name }) => !name.startsWith("wallet_balance_exporter")))}

## The exporter

${table([...wallet.filter(({ name }) => name.startsWith("wallet_balance_exporter")), ...own])}

The reasons of \`wallet_balance_exporter_rpc_errors_total\` are a closed set of ${REASON_NAMES.length}, each present at 0 from the start.
\`reverted\` is the answer of a contract, no failure of the endpoint: the alert on errors does not count it. \`internal\` is a bug of the exporter.

## The process

${table(process)}

Only what can be told truthfully with the permissions the program has: open files, for one, cannot.

## Formats

\`/metrics\` answers in Prometheus text 0.0.4, or in OpenMetrics 1.0 when asked for it, compressed with gzip when asked for
it. \`?name[]=wallet_balance_eth&name[]=…\` answers with these families only.
`;
}

function rowOf({ name, type, help }: FamilyHead, labels: readonly string[]): Row {
  return { name, type, help, labels: labels.toSorted() };
}

/** What a metric was registered with; prom-client's types do not have it. */
function labelNamesOf(registry: Registry, name: string): readonly string[] {
  const metric: object | undefined = registry.getSingleMetric(name);
  if (metric === undefined || !("labelNames" in metric) || !(metric.labelNames instanceof Array)) {
    throw new Error(`No labels are known of ${name}`);
  }
  return metric.labelNames.map(String);
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ name, type, help, labels }) =>
    `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |`
  );
  return ["| Name | Type | Labels | Meaning |", "| --- | --- | --- | --- |", ...lines].join("\n");
}
