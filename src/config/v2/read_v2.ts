import type { Config } from "../model/config.ts";
import { ConfigError } from "../model/problem.ts";
import type { LoadContext } from "../model/load_context.ts";
import { SCHEMA_PARTS } from "../wallets/wallet_schema.ts";
import { createReporter, Field, type SourceTree } from "../source/source_tree.ts";
import { readNetwork } from "./read_network.ts";
import { networksOf, readPrices } from "./read_prices.ts";
import { checkTimes, readInterval, readOutflow, readStaleAfter } from "./times.ts";
import { checkOrder } from "../wallets/read_thresholds.ts";
import { checkLabels } from "../wallets/read_wallet.ts";
import { configShape } from "./schema.ts";
import { parse } from "../source/validator.ts";
import { KEY_PLACES } from "../wallets/key_places.ts";

/**
 * Reads version 2. It is strict: all errors are reported at once, and any of them
 * refuses the whole.
 *
 * @throws {ConfigError} when anything in it is wrong
 */
export async function readV2(tree: SourceTree, source: string, context: LoadContext): Promise<Config> {
  const reporter = createReporter(tree);
  const root = new Field(tree.value, reporter);
  const { parts = SCHEMA_PARTS } = context;
  const written = parse(configShape(parts), root, { places: KEY_PLACES });
  const interval = readInterval(written?.interval, root.at("interval"));
  const staleAfter = readStaleAfter(written?.staleAfter, root.at("staleAfter"));
  checkTimes(interval, staleAfter, root.at("staleAfter"), "Use several intervals, or 0 for never");
  const names = new Set<string>();
  checkLabels(root.at("defaults").at("labels"), names);
  const { thresholds = {}, labels = {}, ...others } = written?.defaults ?? {};
  const ofDefaults = root.at("defaults").at("thresholds");
  checkOrder(thresholds, ofDefaults);
  const contradictions = new Map<string, number>();
  const outflow = readOutflow(written?.defaults ?? {}, root.at("defaults"));
  const priced = networksOf(root.at("prices"));
  const defaults = { thresholds, labels, names, contradictions, outflow, parts: others, priced };
  const fields = [...root.at("networks").items()];
  // In parallel, since lists of wallets may be fetched.
  const all = await Promise.all(fields.map((field) => readNetwork(field, defaults, context)));
  const prices = readPrices(root.at("prices"), namesOf(fields));
  const read = all.filter((each) => each !== undefined);
  const taken = new Set<string>();
  for (const { network: { name, interval: own }, field } of read) {
    if (taken.has(name)) field.at("name").error("Duplicate name: another network has it", "Choose another");
    taken.add(name);
    checkTimes(own, staleAfter, field.at("interval"), "Use less than staleAfter");
  }
  reportContradictions(contradictions, ofDefaults);
  if (written?.networks.length === 0) {
    root.at("networks").notice("No network is configured, nothing is monitored", "Add a network");
  }
  const { problems } = reporter;
  if (problems.some(({ severity }) => severity === "error")) throw new ConfigError(source, problems);
  return {
    source,
    version: 2,
    interval,
    staleAfter,
    networks: read.map(({ network }) => {
      const own = prices.get(network.name);
      return own === undefined ? network : { ...network, prices: own };
    }),
    problems: [...problems, ...read.flatMap(({ listed }) => listed.problems)],
    lists: read.flatMap(({ listed }) => listed.remote),
    matchedLists: read.flatMap(({ listed }) => listed.matched),
    listSizes: new Map(read.flatMap(({ listed }) => [...listed.sizes])),
    ...context.shard === undefined ? {} : { labelNames: [...names], isSharded: true },
  };
}

function namesOf(networks: readonly Field[]): readonly string[] {
  return networks.map((field) => field.at("name").value).filter((name) => typeof name === "string");
}

/** One notice for all wallets: there may be thousands. */
function reportContradictions(contradictions: ReadonlyMap<string, number>, field: Field): void {
  if (contradictions.size === 0) return;
  const counts = [...contradictions].map(([level, wallets]) => `${level} of ${wallets}`).join(", ");
  const wallets = Math.max(...contradictions.values()) === 1 ? "wallet" : "wallets";
  field.notice(`Default thresholds are not applied where they contradict a wallet's own: ${counts} ${wallets}`, "");
}
