import { Counter, Gauge, Registry } from "prom-client";
import { chainFacts } from "../evm/chains/chain_facts.ts";
import type { Book, NetworkState } from "../poller/book.ts";
import { ENDPOINT_STATES } from "../evm/pool/endpoint_state.ts";
import { STRATEGIES } from "../evm/strategies/ladder.ts";
import { REVISION, VERSION } from "../version.ts";
import { type ListStatus, registerListMetrics } from "./list_metrics.ts";
import { registerRpcMetrics, type RpcMetrics } from "./rpc_meter.ts";

/** The exporter's own metrics, held by prom-client. */
export interface SelfMetrics {
  readonly registry: Registry;
  readonly rpc: RpcMetrics;
  /** Brings the gauges that tell of the book up to date. */
  update(book: Book): void;
  /** Tells of a configuration that was loaded; what is no longer in it is taken from the next page. */
  configured(facts: SelfFacts): void;
  /** Tells of a configuration that could not be used. */
  refused(): void;
  /** Says whether a changed configuration is refused by whoever hands it over. */
  refusedElsewhere(isRefused: boolean): void;
  /** Whether the last change of the configuration was refused. */
  readonly isRefused: boolean;
}

/** What is told of the configuration in use. */
export interface SelfFacts {
  /** Seconds between checks. */
  readonly interval: number;
  /** Configuration entries that cannot be watched as written. */
  readonly rejectedEntries: number;
  /** When the configuration was loaded, in seconds since the Unix epoch. */
  readonly configLoadedAt: number;
}

const PREFIX = "wallet_balance_exporter";

/**
 * Makes the exporter's own metrics.
 *
 * @param facts see {@linkcode SelfFacts}
 * @param lists how lists of wallets fare that come over HTTP; asked for each page
 */
export function createSelfMetrics(facts: SelfFacts, lists: () => readonly ListStatus[] = () => []): SelfMetrics {
  const registry = new Registry();

  function gauge<T extends string>(name: string, help: string, labelNames: readonly T[] = []): Gauge<T> {
    return new Gauge<T>({ name: `${PREFIX}_${name}`, help, labelNames, registers: [registry] });
  }

  gauge("build_info", "What was built and what it runs on; always 1.", ["version", "revision", "deno"])
    .set({ version: VERSION, revision: REVISION, deno: Deno.version.deno }, 1);
  const interval = gauge("check_interval_seconds", "Configured time between checks.");
  const wallets = gauge("wallets", "Wallets that are watched: distinct addresses with their labels.", ["network"]);
  const rejected = gauge("config_rejected_entries", "Configuration entries that cannot be watched as written.");
  const successful = gauge(
    "config_last_reload_successful",
    "1 when the configuration was last loaded without fault, else 0.",
  );
  const loadedAt = gauge(
    "config_last_reload_success_timestamp_seconds",
    "When the configuration in use was loaded.",
  );

  const updateLists = registerListMetrics(registry);
  const info = gauge("network_info", "The network's chain; always 1.", ["network", "chain_id", "chain", "symbol"]);
  const height = gauge(
    "network_block_number",
    "The block that the shown balances belong to; absent where it is not known.",
    ["network"],
  );
  const time = gauge("network_block_timestamp_seconds", "The time of that block.", ["network"]);
  const state = gauge(
    "endpoint_state",
    "1 for the state the endpoint is in, 0 for the others; all 0 before the first check.",
    ["network", "endpoint", "state"],
  );
  const strategy = gauge(
    "endpoint_strategy",
    "1 for the way balances are read from the endpoint, 0 for the others; all 0 before the first check.",
    [
      "network",
      "endpoint",
      "strategy",
    ],
  );
  const size = gauge(
    "endpoint_batch_size",
    "The most balances that go into one request, as learned; with the strategy batch the most calls.",
    [
      "network",
      "endpoint",
    ],
  );
  const rpc = registerRpcMetrics(registry);
  const seconds = gauge("check_duration_seconds", "How long the network's last cycle took.", ["network"]);
  const pace = gauge("network_check_interval_seconds", "Configured time between checks of the network.", ["network"]);
  const skipped = new Counter({
    name: `${PREFIX}_checks_skipped_total`,
    help: "Checks that were left out: the cycle before was still running, or the machine slept.",
    labelNames: ["network"] as const,
    registers: [registry],
  });

  const disagreements = new Counter({
    name: `${PREFIX}_quorum_disagreements_total`,
    help: "Balances that endpoints gave differently for one block, and that were withheld unless enough agreed.",
    labelNames: ["network"] as const,
    registers: [registry],
  });

  function updateNetwork(network: NetworkState): void {
    const { plan, wasRead, chainId, block } = network;
    const name = plan.id;
    wallets.set({ network: name }, plan.wallets.length);
    pace.set({ network: name }, plan.interval === undefined ? told.interval : plan.interval / 1000);
    skipped.remove({ network: name });
    skipped.inc({ network: name }, network.skipped);
    if (network.seconds !== undefined) seconds.set({ network: name }, network.seconds);
    if (wasRead) {
      const facts = chainId === undefined ? undefined : chainFacts(chainId);
      const { name: chain, symbol: known } = facts ?? { name: "unknown", symbol: "" };
      const { symbol = known } = plan;
      info.set({ network: name, chain_id: String(chainId ?? "unknown"), chain, symbol }, 1);
    }
    if (block === undefined) {
      height.remove({ network: name });
      time.remove({ network: name });
    } else {
      height.set({ network: name }, Number(block.number));
      time.set({ network: name }, block.time);
    }
    disagreements.remove({ network: name });
    disagreements.inc({ network: name }, network.disagreements);
    for (const [index, { name: endpoint }] of plan.endpoints.entries()) {
      const labels = { network: name, endpoint };
      const report = network.endpoints[index];
      for (const each of ENDPOINT_STATES) state.set({ ...labels, state: each }, each === report?.state ? 1 : 0);
      for (const each of STRATEGIES) strategy.set({ ...labels, strategy: each }, each === report?.strategy ? 1 : 0);
      if (report?.strategy !== undefined) size.set(labels, report.size);
    }
  }

  let told = facts;
  let isUsed = true;
  let isRefusedElsewhere = false;
  const isRefused = (): boolean => !isUsed || isRefusedElsewhere;
  let isNew = true;

  function tell({ interval: seconds, rejectedEntries, configLoadedAt }: SelfFacts): void {
    interval.set(seconds);
    rejected.set(rejectedEntries);
    loadedAt.set(configLoadedAt);
  }

  tell(facts);
  successful.set(1);

  /** Only when a page is made, so that none has parts of two configurations. */
  function updateConfiguration(book: Book): void {
    successful.set(isRefused() ? 0 : 1);
    if (!isNew) return;
    isNew = false;
    tell(told);
    for (const metric of [wallets, info, height, time, state, strategy, size, seconds, pace, skipped, disagreements]) {
      metric.reset();
    }
    rpc.retain(new Map(book.networks.map(({ plan }) => [plan.id, new Set(plan.endpoints.map(({ name }) => name))])));
  }

  return {
    registry,
    rpc,
    configured(next): void {
      told = next;
      isUsed = true;
      isNew = true;
    },
    refused(): void {
      isUsed = false;
    },
    refusedElsewhere(isRefused): void {
      isRefusedElsewhere = isRefused;
    },
    get isRefused(): boolean {
      return isRefused();
    },
    update(book) {
      updateConfiguration(book);
      updateLists(lists());
      // Without a network there is no label to tell 0 under.
      if (book.networks.length === 0) wallets.set(0);
      book.networks.forEach(updateNetwork);
    },
  };
}
