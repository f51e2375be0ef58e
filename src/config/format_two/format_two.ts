import type { Config, NetworkConfig, RemoteList } from "../config.ts";
import { readDuration } from "../duration.ts";
import { ConfigError, type Problem } from "../problem.ts";
import type { Surroundings } from "../surroundings.ts";
import type { SourceTree } from "../source_tree.ts";
import { readNetwork } from "./read_network.ts";
import { readInterval } from "./read_times.ts";
import { fieldOf } from "./field_of.ts";
import { checkLabels } from "./read_wallet.ts";
import { configShape } from "./schema.ts";
import { createScribe } from "./scribe.ts";

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
  checkLabels(fieldOf(fieldOf(value, "defaults"), "labels"), ["defaults", "labels"], scribe);
  const { thresholds = {}, labels = {} } = written?.defaults ?? {};
  const networks: NetworkConfig[] = [];
  const lists: RemoteList[] = [];
  const ofLists: Problem[] = [];
  const names = new Set<string>();
  const list = fieldOf(value, "networks");
  for (const [index, each] of (Array.isArray(list) ? list : []).entries()) {
    const path = ["networks", index];
    const read = await readNetwork(each, path, { thresholds, labels }, surroundings, scribe);
    if (read === undefined) continue;
    const { network } = read;
    lists.push(...read.lists);
    ofLists.push(...read.problems);
    if (names.has(network.name)) {
      scribe.tell("error", [...path, "name"], "Another network has this name", "Choose another");
    }
    names.add(network.name);
    networks.push(network);
  }
  if (written?.networks.length === 0) {
    scribe.tell("notice", ["networks"], "No network is configured, so nothing is watched", "Add a network");
  }
  const problems = scribe.problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  if (problems.some(({ severity }) => severity === "error")) throw new ConfigError(source, problems);
  const staleAfter = written?.staleAfter === undefined ? undefined : readDuration(String(written.staleAfter));
  return { source, format: 2, interval, staleAfter, networks, problems: [...problems, ...ofLists], lists };
}
