import type { Config, NetworkConfig, RemoteList } from "../model/config.ts";
import { ConfigError, type Problem } from "../model/problem.ts";
import type { LoadContext } from "../model/load_context.ts";
import { fieldOf, type SourceTree } from "../source/source_tree.ts";
import { readNetwork } from "./read_network.ts";
import { checkNetworkInterval, readInterval, readStaleAfter } from "./times.ts";
import { checkOrder } from "../wallets/read_thresholds.ts";
import { checkLabels } from "../wallets/read_wallet.ts";
import { configShape } from "./schema.ts";
import { createValidator, type Validator } from "../source/validator.ts";

/**
 * Reads version 2. It is strict: all errors are reported at once, and any of them
 * refuses the whole.
 *
 * @throws {ConfigError} when anything in it is wrong
 */
export async function readV2(tree: SourceTree, source: string, context: LoadContext): Promise<Config> {
  const validator = createValidator(tree);
  const { value } = tree;
  const written = validator.parse(configShape, value, []);
  const interval = readInterval(written?.interval, ["interval"], validator);
  const staleAfter = readStaleAfter(written?.staleAfter, ["staleAfter"], interval, validator);
  const names = new Set<string>();
  checkLabels(fieldOf(fieldOf(value, "defaults"), "labels"), ["defaults", "labels"], names, validator);
  const { thresholds = {}, labels = {} } = written?.defaults ?? {};
  checkOrder(thresholds, ["defaults", "thresholds"], validator);
  const contradictions = new Map<string, number>();
  const list = fieldOf(value, "networks");
  // In parallel, since lists of wallets may be fetched.
  const read = await Promise.all(
    (Array.isArray(list) ? list : []).map((each, index) =>
      readNetwork(each, ["networks", index], { thresholds, labels, names, contradictions }, context, validator)
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
      const message = "Duplicate name: another network has it";
      validator.report("error", ["networks", index, "name"], message, "Choose another");
    }
    taken.add(network.name);
    checkNetworkInterval(network.interval, staleAfter, ["networks", index, "interval"], validator);
    networks.push(network);
  }
  reportContradictions(contradictions, validator);
  if (written?.networks.length === 0) {
    validator.report("notice", ["networks"], "No network is configured, nothing is monitored", "Add a network");
  }
  const { problems } = validator;
  if (problems.some(({ severity }) => severity === "error")) throw new ConfigError(source, problems);
  const sharded = context.shard === undefined ? {} : { labelNames: [...names], isSharded: true };
  const all = [...problems, ...ofLists];
  return { source, version: 2, interval, staleAfter, networks, problems: all, lists, listSizes, ...sharded };
}

/** One notice for all wallets: there may be thousands. */
function reportContradictions(contradictions: ReadonlyMap<string, number>, validator: Validator): void {
  if (contradictions.size === 0) return;
  const counts = [...contradictions].map(([level, wallets]) => `${level} of ${wallets}`).join(", ");
  const message = `Default thresholds are not applied where they contradict a wallet's own: ${counts} wallet${
    Math.max(...contradictions.values()) === 1 ? "" : "s"
  }`;
  validator.report("notice", ["defaults", "thresholds"], message, "");
}
