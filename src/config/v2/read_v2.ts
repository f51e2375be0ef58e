import type { Config, NetworkConfig, RemoteList } from "../model/config.ts";
import { ConfigError, type Problem } from "../model/problem.ts";
import type { Surroundings } from "../model/load_context.ts";
import { fieldOf, type SourceTree } from "../source/source_tree.ts";
import { readNetwork } from "./read_network.ts";
import { checkNetworkInterval, readInterval, readStaleAfter } from "./times.ts";
import { checkOrder } from "../wallets/read_thresholds.ts";
import { checkLabels } from "../wallets/read_wallet.ts";
import { configShape } from "./schema.ts";
import { createScribe, type Scribe } from "../source/validator.ts";

/**
 * Reads format 2: strict, every problem told at once with its place, nothing
 * taken over when there is any.
 *
 * @param tree the whole text
 * @param source where it came from, for messages
 * @param surroundings where secrets and lists of wallets come from
 * @throws {ConfigError} when anything in it is wrong
 */
export async function readFormatTwo(tree: SourceTree, source: string, surroundings: Surroundings): Promise<Config> {
  const scribe = createScribe(tree);
  const { value } = tree;
  const written = scribe.take(configShape, value, []);
  const interval = readInterval(written?.interval, ["interval"], scribe);
  const staleAfter = readStaleAfter(written?.staleAfter, ["staleAfter"], interval, scribe);
  const names = new Set<string>();
  checkLabels(fieldOf(fieldOf(value, "defaults"), "labels"), ["defaults", "labels"], names, scribe);
  const { thresholds = {}, labels = {} } = written?.defaults ?? {};
  checkOrder(thresholds, ["defaults", "thresholds"], scribe);
  const contradictions = new Map<string, number>();
  const list = fieldOf(value, "networks");
  // Together, since lists of wallets may have to be waited for.
  const read = await Promise.all(
    (Array.isArray(list) ? list : []).map((each, index) =>
      readNetwork(each, ["networks", index], { thresholds, labels, names, contradictions }, surroundings, scribe)
    ),
  );
  const networks: NetworkConfig[] = [];
  const lists: RemoteList[] = [];
  const ofLists: Problem[] = [];
  const listSizes = new Map<string, number>();
  const taken = new Set<string>();
  for (const [index, each] of read.entries()) {
    if (each === undefined) continue;
    const { network } = each;
    lists.push(...each.lists);
    for (const problem of each.problems) ofLists.push(problem);
    for (const [list, size] of each.listSizes) listSizes.set(list, size);
    if (taken.has(network.name)) {
      scribe.tell("error", ["networks", index, "name"], "Another network has this name", "Choose another");
    }
    taken.add(network.name);
    checkNetworkInterval(network.interval, staleAfter, ["networks", index, "interval"], scribe);
    networks.push(network);
  }
  noteContradictions(contradictions, scribe);
  if (written?.networks.length === 0) {
    scribe.tell("notice", ["networks"], "No network is configured, so nothing is watched", "Add a network");
  }
  const problems = scribe.problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  if (problems.some(({ severity }) => severity === "error")) throw new ConfigError(source, problems);
  const sharded = surroundings.shard === undefined ? {} : { labelNames: [...names], isSharded: true };
  const all = [...problems, ...ofLists];
  return { source, format: 2, interval, staleAfter, networks, problems: all, lists, listSizes, ...sharded };
}

/** One notice for all wallets: there may be thousands, each of which says what it wants. */
function noteContradictions(contradictions: ReadonlyMap<string, number>, scribe: Scribe): void {
  if (contradictions.size === 0) return;
  const counts = [...contradictions].map(([level, wallets]) => `${level} of ${wallets}`).join(", ");
  const message = `Default thresholds that contradict a wallet's own are not applied to it: ${counts} wallet${
    Math.max(...contradictions.values()) === 1 ? "" : "s"
  }`;
  scribe.tell("notice", ["defaults", "thresholds"], message, "");
}
