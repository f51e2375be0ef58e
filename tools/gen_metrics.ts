import type { Sweep } from "../src/chain/sweep.ts";
import { systemClock } from "../src/clock.ts";
import { REASONS } from "../src/rpc/rpc_error.ts";
import { readFormatOne } from "../src/config/format_one/format_one.ts";
import { PROCESS_FAMILIES } from "../src/metrics/process_families.ts";
import { registryFamilies } from "../src/metrics/registry_families.ts";
import { createSelfMetrics } from "../src/metrics/self_metrics.ts";
import { viewer } from "../src/metrics/view.ts";
import { TOKEN_FAMILIES } from "../src/metrics/token_families.ts";
import { WALLET_FAMILIES } from "../src/metrics/wallet_families.ts";
import { makePlan } from "../src/make_plan/make_plan.ts";
import { type Book, createBook } from "../src/watch/book.ts";
import { recordSweep } from "../src/watch/record_sweep.ts";

/** A configuration with one wallet is enough to see every family's labels. */
const SAMPLE =
  '{"http://a":[{"address":"0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045","label":"w","min_balance_eth":1}]}';

interface Row {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** Of one of its samples, in their order. */
  readonly labels: readonly string[];
}

/** Writes `docs/metrics.md` from the families the program shows. */
export async function metricsPage(): Promise<string> {
  const book = sampleBook();
  const identity = { release: "r", namespace: "n" };
  const view = viewer({ book, clock: systemClock, identity, staleAfter: () => 0 })();
  const wallet = [...WALLET_FAMILIES, ...TOKEN_FAMILIES].map((family) =>
    rowOf(family, [...family.samples(view)].join(""))
  );
  const self = createSelfMetrics({ interval: 300, rejectedEntries: 0, configLoadedAt: 0 });
  self.rpc.meterOf("a", "a").request({
    calls: new Map([["eth_getBalance", 1]]),
    sentBytes: 0,
    receivedBytes: 0,
    seconds: 0,
    reasons: new Set(),
  });
  self.update(book);
  const own = (await registryFamilies(self.registry, identity)).map((family) =>
    rowOf(family, [...family.samples("text")].join(""))
  );
  const process = PROCESS_FAMILIES.map((family) => rowOf(family, ""));
  return `# Metrics

Made from the program's own families by \`deno task gen\`; do not edit.

Every series carries \`release\` and \`namespace\`. Label values come from the configuration or from closed sets, never from
what a node says, but for the number in \`chain_id\`; \`endpoint\` is a name, never a URL. The first eight families are those of the original exporter.
Where wallets are sharded, \`wallet_balance_exporter_up\` has the label \`shard\` as well, so that shards can be counted.

Runway, in seconds, is one line: \`wallet_balance_eth / rate(wallet_balance_spent_eth_total[6h])\`.

## Wallets

${table(wallet.filter(({ name }) => !name.startsWith("wallet_balance_exporter")))}

## The exporter

${table([...wallet.filter(({ name }) => name.startsWith("wallet_balance_exporter")), ...own])}

The reasons of \`wallet_balance_exporter_rpc_errors_total\` are a closed set of ${REASONS.length}, each present at 0 from the start.
\`reverted\` is the answer of a contract, no failure of the endpoint: the alert on errors does not count it. \`internal\` is a bug of the exporter.

## The process

${table(process)}

Only what can be told truthfully with the permissions the program has: open files, for one, cannot.

## Formats

\`/metrics\` answers in Prometheus text 0.0.4, or in OpenMetrics 1.0 when asked for it, compressed with gzip when asked for
it. \`?name[]=wallet_balance_eth&name[]=…\` answers with these families only.
`;
}

function rowOf(family: { readonly name: string; readonly type: string; readonly help: string }, samples: string): Row {
  const names = [...samples.matchAll(/[{,]([a-z_]+)="/g)].map(([, name = ""]) => name);
  const labels = [...new Set(names)].filter((name) => !["release", "namespace"].includes(name)).toSorted();
  return { name: family.name, type: family.type, help: family.help, labels };
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ name, type, help, labels }) =>
    `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |`
  );
  return ["| Name | Type | Labels | Meaning |", "| --- | --- | --- | --- |", ...lines].join("\n");
}

function sampleBook(): Book {
  const book = createBook(makePlan(readFormatOne(SAMPLE, "sample")), systemClock);
  const [network] = book.networks;
  if (network === undefined) throw new Error("The sample has no network");
  const block = { number: 1n, time: 1 };
  const sweep: Sweep = {
    chainId: 1,
    block,
    skipped: 0,
    outcomes: [{ wei: 1n, block }],
    decimals: new Map(),
    refuted: new Set(),
    late: undefined,
    endpoint: "a",
    endpoints: [{ name: "a", state: "ok", strategy: "packed", size: 3000 }],
    disagreements: 0,
    failure: undefined,
  };
  recordSweep(book, network, sweep, systemClock, 0);
  return book;
}
