import { SCOUTING } from "../evm/pool/scouting.ts";
import { skippedCoins } from "../evm/strategies/coinless.ts";
import { comparisonCost, type CycleCost, cycleCost, DISTANT_BLOCK, HEAD, sum } from "../evm/strategies/cycle_cost.ts";
import { STRATEGIES, type Strategy } from "../evm/strategies/ladder.ts";
import { loadConfig } from "../config/load_config.ts";
import { ConfigError, formatProblem } from "../config/model/problem.ts";
import { EXIT, type ExitCode } from "../util/errors.ts";
import { makePlan } from "../plan/make_plan.ts";
import type { EndpointPlan, NetworkPlan } from "../plan/plan.ts";
import type { Settings } from "./options.ts";
import type { Output } from "./output.ts";
import { providerOf, PROVIDERS_AS_OF, unitsOf } from "./providers.ts";
import { textTable } from "./text_table.ts";

/** What one endpoint is asked a day, read in one way. */
export interface DailyCost {
  readonly network: string;
  readonly endpoint: string;
  /** Whether it is read from, or stands by for those that are. */
  readonly role: string;
  readonly strategy: Strategy;
  readonly requests: number;
  readonly calls: number;
  readonly bytes: number;
  /** As its provider bills; none where that is not known. */
  readonly units: number | undefined;
  readonly unit: string;
  /** Of what the provider's free plan has; none where that is not known. */
  readonly share: number | undefined;
}

const DAY_MS = 86_400_000;
const TITLES = ["NETWORK", "ENDPOINT", "ROLE", "STRATEGY", "REQUESTS", "CALLS", "BYTES", "UNITS", "OF FREE PLAN"];

/**
 * Prints what watching will cost a day, before anything is sent.
 *
 * @param settings where the configuration comes from, and how often it is checked
 * @param output where to print
 * @returns 0, or 1 when the configuration cannot be read
 */
export async function planCommand(settings: Settings, { out }: Output): Promise<ExitCode> {
  const { configText, configFile } = settings;
  try {
    const config = await loadConfig({ text: configText, file: configFile }, { shard: settings.shard });
    const { interval = settings.interval } = config;
    const { networks } = makePlan(config, settings.shard);
    for (const problem of config.problems) out(formatProblem(config.source, problem));
    if (config.problems.length > 0) out("");
    const costs = networks.flatMap((network) => costsOf(network, network.interval ?? interval));
    const hasOthers = networks.some((network) => (network.interval ?? interval) !== interval);
    out(`A day, with a check every ${interval / 1000} s${hasOthers ? ", or as a network has it" : ""}:\n`);
    out(textTable([TITLES, ...costs.map(rowOf)], [4, 5, 6, 7, 8]));
    out(
      "\nEach endpoint is read in the first way that it takes; wallet_balance_exporter_endpoint_strategy tells which." +
        "\nThose that stand by are read from when others fail; until then they are only asked where they stand." +
        "\nWhat is asked besides is counted: a comparison with eth_getBalance once a day, or a block that nobody has." +
        "\nFaults cost at most a tenth more, and an outage less. Bytes are those of bodies, before compression." +
        `\nUnits are those of the providers' price lists as of ${PROVIDERS_AS_OF}.`,
    );
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    out(error.message);
    return EXIT.refused;
  }
}

/**
 * Computes what the endpoints of a network are asked a day, each in every way:
 * for the balances, or only where they stand.
 *
 * @param network which
 * @param interval between checks, in milliseconds
 */
export function costsOf(network: NetworkPlan, interval: number): readonly DailyCost[] {
  return network.endpoints.flatMap((endpoint, place) =>
    STRATEGIES.map((strategy) => dailyCost(network, endpoint, strategy, partOf(network, place, strategy, interval)))
  );
}

/** What an endpoint does in a network, what that costs each time, and how often it is done. */
interface Part {
  readonly role: string;
  readonly cost: CycleCost;
  /** In milliseconds. */
  readonly every: number;
  /** What is asked once a day besides. */
  readonly daily: CycleCost;
}

function partOf(network: NetworkPlan, place: number, strategy: Strategy, interval: number): Part {
  const { block, quorum, chainId } = network;
  const accounts = network.accounts.slice(skippedCoins(network.accounts, chainId));
  const isRead = place < quorum;
  // One balance tells where an endpoint stands; a quorum asks all for their heads first.
  if (!isRead && quorum === 1) {
    const cost = cycleCost(strategy, accounts.slice(0, 1));
    const daily = comparisonCost(strategy, accounts.slice(0, 1));
    return { role: "stands by", cost, every: Math.max(SCOUTING, interval), daily };
  }
  const distant = typeof block === "number";
  // Of a quorum the first endpoint tells which block it is.
  const heads = quorum === 1 ? distant ? [DISTANT_BLOCK] : [] : [distant && place === 0 ? DISTANT_BLOCK : HEAD];
  const cost = sum(...heads, ...isRead ? [cycleCost(strategy, accounts)] : []);
  const daily = comparisonCost(strategy, isRead ? accounts : []);
  return { role: isRead ? "is read" : "stands by", cost, every: interval, daily };
}

function dailyCost(
  { id }: NetworkPlan,
  { name, url }: EndpointPlan,
  strategy: Strategy,
  { role, cost, every, daily }: Part,
): DailyCost {
  const times = DAY_MS / every;
  const provider = providerOf(url.name);
  const units = provider === undefined ? undefined : times * unitsOf(provider, cost) + unitsOf(provider, daily);
  return {
    network: id,
    endpoint: name,
    role,
    strategy,
    requests: times * cost.requests + daily.requests,
    calls: times * callsIn(cost) + callsIn(daily),
    bytes: times * (cost.sentBytes + cost.receivedBytes) + daily.sentBytes + daily.receivedBytes,
    units,
    unit: provider?.unit ?? "",
    share: units === undefined || provider?.free === undefined ? undefined : units / provider.free,
  };
}

function callsIn({ calls }: CycleCost): number {
  return [...calls.values()].reduce((sum, count) => sum + count, 0);
}

function rowOf(
  { network, endpoint, role, strategy, requests, calls, bytes, units, unit, share }: DailyCost,
): readonly string[] {
  return [
    network,
    endpoint,
    role,
    strategy,
    count(requests),
    count(calls),
    size(bytes),
    units === undefined ? "unknown" : `${count(units)} ${unit}`,
    share === undefined ? "unknown" : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`,
  ];
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
