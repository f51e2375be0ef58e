import { STANDBY_PROBE_INTERVAL_MS } from "../evm/pool/head_status.ts";
import { accountsOn } from "../evm/chains/chain_facts.ts";
import { DISTANT_BLOCK, HEAD, type PollCost, sum, times } from "../evm/strategies/call_cost.ts";
import { comparisonCost, pastCost, pollCost } from "../evm/strategies/poll_cost.ts";
import { STRATEGIES, type Strategy } from "../model/source.ts";
import { loadConfig } from "../config/load_config.ts";
import { ConfigError, formatProblem } from "../config/model/problem.ts";
import { EXIT, type ExitCode } from "../util/errors.ts";
import { makePlan } from "../plan/make_plan.ts";
import type { NetworkPlan } from "../plan/plan.ts";
import type { Settings } from "./options.ts";
import { type Output, printable } from "./output.ts";
import { type Provider, providerOf, PROVIDERS_AS_OF, unitsOf } from "../plan/providers.ts";
import { type Cell, textTable } from "./table.ts";

/** The daily cost of one endpoint with one strategy. */
export interface DailyCost {
  readonly network: string;
  readonly endpoint: string;
  readonly role: Role;
  readonly strategy: Strategy;
  readonly cost: PollCost;
  /** Undefined if it is unknown. */
  readonly provider: Provider | undefined;
}

/** Balances are read from primaries; standbys are used on failover. */
type Role = "primary" | "standby";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TITLES = ["NETWORK", "ENDPOINT", "ROLE", "STRATEGY", "REQUESTS", "CALLS", "BYTES", "UNITS", "OF FREE PLAN"];

const PAST_TITLES = ["NETWORK", "ENDPOINT", "REQUESTS", "CALLS", "BYTES", "UNITS"];

const VIEW_TITLES = ["NETWORK", "VIEW", "CONTRACT", "FUNCTION", "WORD", "DECIMALS", "DATA"];

/** Prints an estimate of the daily request cost; contacts no node. */
export async function planCommand(settings: Settings, { out, isColoured }: Output): Promise<ExitCode> {
  try {
    const config = await loadConfig(settings, { shard: settings.shard });
    const { interval = settings.interval } = config;
    const { networks } = makePlan(config, settings.shard);
    for (const problem of config.problems) out(printable(formatProblem(config.source, problem)));
    if (config.problems.length > 0) out("");
    const costs = networks.flatMap((network) => costsOf(network, network.interval ?? interval));
    const hasOthers = networks.some((network) => (network.interval ?? interval) !== interval);
    const others = hasOthers ? "; networks with an interval of their own use that" : "";
    out(`Estimated cost per day, with an interval of ${interval / 1000} s${others}:\n`);
    out(textTable([TITLES, ...costs.map(rowOf)], { right: [4, 5, 6, 7, 8], isColoured }));
    const views = networks.flatMap(viewsOf);
    if (views.length > 0) {
      out("\nViews are called with this data, in which WALLET stands for the wallet's address:\n");
      out(textTable([VIEW_TITLES, ...views], { right: [4, 5], isColoured }));
    }
    const once = networks.flatMap(pastCostsOf);
    if (once.length > 0) {
      out("\nOnce at the start, and for added wallets, for the balances of past hours (backfill):\n");
      out(textTable([PAST_TITLES, ...once.map((cost) => pastRowOf(cost))], { right: [2, 3, 4, 5], isColoured }));
    }
    out(
      "\nEach endpoint is read with the first strategy that it supports; the metric" +
        "\nwallet_balance_exporter_endpoint_strategy shows which one." +
        "\nStandby endpoints are only used on failover; until then only their latest block is checked." +
        "\nThe daily comparison with eth_getBalance is included. Failures add at most 10 %." +
        "\nBYTES are request and response bodies before compression." +
        `\nUNITS are from the price lists of the providers, as of ${PROVIDERS_AS_OF}.`,
    );
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) out(printable(formatProblem(error.source, problem)));
    return EXIT.refused;
  }
}

/** The views of a network, as they are called. */
function viewsOf({ id, tokens }: NetworkPlan): readonly (readonly Cell[])[] {
  return tokens.flatMap(({ symbol, address, decimals = 0, view }) => {
    if (view === undefined) return [];
    const { signature, functionSelector, argumentParts, answer } = view;
    const data = `0x${functionSelector}${argumentParts.join("WALLET")}`;
    return [[id, symbol, address, signature, String(answer?.word ?? 0), String(decimals), data]];
  });
}

/**
 * Estimates the daily cost of each endpoint of a network with each strategy.
 *
 * @param interval in milliseconds
 */
export function costsOf(network: NetworkPlan, interval: number): readonly DailyCost[] {
  return network.endpoints.flatMap(({ name, url }, place) =>
    STRATEGIES.map((strategy): DailyCost => {
      const own = { network: network.id, endpoint: name, strategy, provider: providerOf(url.name) };
      return { ...own, ...dailyCost(network, place, strategy, interval) };
    })
  );
}

function dailyCost(
  { block, quorum, chainId, accounts: all, prices = [] }: NetworkPlan,
  place: number,
  strategy: Strategy,
  interval: number,
): Pick<DailyCost, "role" | "cost"> {
  // Prices are read with their decimals.
  const decimals = prices.flatMap(({ token: { asset } }) => asset.decimals ?? []);
  const accounts = [...accountsOn(all, chainId), ...decimals];
  const isPrimary = place < quorum;
  // A standby is probed with one balance; with a quorum all endpoints are asked for their heads in each poll.
  if (!isPrimary && quorum === 1) {
    const one = accounts.slice(0, 1);
    const probes = DAY_MS / Math.max(STANDBY_PROBE_INTERVAL_MS, interval);
    return { role: "standby", cost: sum(times(probes, pollCost(strategy, one)), comparisonCost(strategy, one)) };
  }
  const distant = typeof block === "number";
  // With a quorum the first endpoint determines the block.
  const heads = quorum === 1 ? distant ? [DISTANT_BLOCK] : [] : [distant && place === 0 ? DISTANT_BLOCK : HEAD];
  const read = isPrimary ? accounts : [];
  const poll = sum(...heads, ...isPrimary ? [pollCost(strategy, accounts, interval)] : []);
  const cost = sum(times(DAY_MS / interval, poll), comparisonCost(strategy, read));
  return { role: isPrimary ? "primary" : "standby", cost };
}

/** Estimates what reading the past of a network costs, per endpoint that it is read from. */
export function pastCostsOf(
  { id, endpoints, quorum, backfill, accounts, chainId }: NetworkPlan,
): readonly Pick<DailyCost, "network" | "endpoint" | "cost" | "provider">[] {
  if (backfill === undefined) return [];
  const read = accountsOn(accounts, chainId).filter(({ asset }) => asset.requestType !== "method");
  const cost = pastCost(read, Math.floor(backfill / HOUR_MS));
  return endpoints.slice(0, quorum).map(({ name, url }) => ({
    network: id,
    endpoint: name,
    cost,
    provider: providerOf(url.name),
  }));
}

function pastRowOf({ network, endpoint, cost, provider }: ReturnType<typeof pastCostsOf>[number]): readonly Cell[] {
  return [network, endpoint, ...countsOf(cost), unitsText(cost, provider)];
}

function rowOf({ network, endpoint, role, strategy, cost, provider }: DailyCost): readonly Cell[] {
  const units = provider && unitsOf(provider, cost);
  const share = units === undefined || provider?.freePerDay === undefined ? undefined : units / provider.freePerDay;
  return [
    network,
    endpoint,
    role,
    strategy,
    ...countsOf(cost),
    unitsText(cost, provider),
    share === undefined
      ? "unknown"
      : { text: `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`, colour: share > 1 ? "red" : undefined },
  ];
}

function countsOf(cost: PollCost): readonly string[] {
  const calls = [...cost.calls.values()].reduce((sum, count) => sum + count, 0);
  return [count(cost.requests), count(calls), size(cost.sentBytes + cost.receivedBytes)];
}

function unitsText(cost: PollCost, provider: Provider | undefined): string {
  return provider === undefined ? "unknown" : `${count(unitsOf(provider, cost))} ${provider.unit}`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
