import type { Config, NetworkConfig } from "../config.ts";
import { readDuration } from "../duration.ts";
import type { SecretSource } from "../expand_secrets.ts";
import { ConfigError } from "../problem.ts";
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
 * @param secrets where secrets come from
 * @throws {ConfigError} when anything in it is wrong
 */
export async function readFormatTwo(tree: SourceTree, source: string, secrets: SecretSource): Promise<Config> {
  const scribe = createScribe(tree);
  const { value } = tree;
  const written = scribe.take(configShape, value, []);
  const interval = readInterval(written?.interval, ["interval"], scribe);
  checkLabels(fieldOf(fieldOf(value, "defaults"), "labels"), ["defaults", "labels"], scribe);
  const { thresholds = {}, labels = {} } = written?.defaults ?? {};
  const networks: NetworkConfig[] = [];
  const names = new Set<string>();
  const list = fieldOf(value, "networks");
  for (const [index, each] of (Array.isArray(list) ? list : []).entries()) {
    const path = ["networks", index];
    const network = await readNetwork(each, path, { thresholds, labels }, secrets, scribe);
    if (network === undefined) continue;
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
  return { source, format: 2, interval, staleAfter, networks, problems };
}
