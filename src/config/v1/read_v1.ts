import type { Config, NetworkConfig, RejectedEntry, WalletConfig } from "../model/config.ts";
import { refusal } from "../model/problem.ts";
import { EndpointUrl, parseEndpointUrl } from "../secrets/endpoint_url.ts";
import { createReporter, Field, typeName } from "../source/source_tree.ts";
import { adviceOnKey, findV2Key, warnOfUrl } from "./check_keys.ts";
import { readV1Wallet } from "./read_wallet.ts";
import { type V1Network, v1Tree } from "./v1_tree.ts";

const SHAPE = 'Expected { "<rpc url>": [ { "address": "0x…", "label": "…", "min_balance_eth": 1 } ] }';

/**
 * Reads version 1, that of the original exporter: an object from RPC URLs to lists
 * of wallets. It is lenient: invalid entries are rejected and reported, everything
 * else is used.
 *
 * @throws {ConfigError} when the text is not JSON, not an object, or of version 2 without saying so
 */
export function readV1(text: string, source: string): Config {
  const tree = v1Tree(text, source);
  const reporter = createReporter(tree, tree.pathText);
  const root = new Field(undefined, reporter);
  const { networks } = tree;
  if (networks === undefined) {
    throw refusal(source, "The configuration must be an object", SHAPE, tree.placeOf([], "value"));
  }
  const v2Key = findV2Key(networks.map(({ url }) => url));
  if (v2Key !== -1) {
    const advice = 'Add version: 2 as the first line, or in JSON "version": 2 as the first key';
    throw refusal(source, "This looks like version 2 without the key version", advice, tree.placeOf([v2Key], "key"));
  }
  if (networks.length === 0) root.notice("No network is configured, nothing is monitored", SHAPE);
  const merged = new Map<string, MergedNetwork>();
  for (const [index, network] of networks.entries()) addNetwork(merged, network, root.at(index));
  const read = [...merged.values()].map(({ first: _, ...network }) => network);
  return { source, version: 1, networks: read, problems: reporter.problems };
}

/** A network with the wallets of all its occurrences. */
interface MergedNetwork extends NetworkConfig {
  readonly wallets: WalletConfig[];
  readonly rejected: RejectedEntry[];
  /** The first wallet of each address, and of each address and label. */
  readonly first: Map<string, Seen>;
}

interface Seen {
  /** As it is compared. */
  readonly minimum: bigint | "invalid";
  readonly field: Field;
}

/** @param merged by name and endpoint, or by URL if that is invalid */
function addNetwork(merged: Map<string, MergedNetwork>, network: V1Network, field: Field): void {
  const { name, url: typed } = network;
  // The label network shows the first label of the host, as in the original.
  const url = parseEndpointUrl(typed, [], { shown: URL.parse(typed)?.hostname.split(".")[0] ?? "" });
  const isReachable = url instanceof EndpointUrl;
  if (isReachable) warnOfUrl(typed, url, field);
  else field.error(url.message, adviceOnKey(typed, url), "key");
  const key = JSON.stringify(isReachable ? [name, url.reveal()] : typed);
  const same = merged.get(key);
  if (same !== undefined) {
    field.warning("Duplicate RPC URL: both lists of wallets are used", "Merge the lists", "key");
  }
  const endpoints = isReachable ? [{ name: url.name, url }] : [];
  const whole = same ?? { name, endpoints, wallets: [], rejected: [], first: new Map() };
  merged.set(key, whole);
  readEntries(network, field, whole);
}

function readEntries({ entries, notList }: V1Network, field: Field, network: MergedNetwork): void {
  if (notList !== undefined) {
    return field.error(`The wallets must be a list, found ${typeName(notList.value)}`, SHAPE);
  }
  let count = 0;
  for (const { value, keys } of entries) {
    const own = field.at(count++);
    const wallet = readV1Wallet(own.with(value), keys, network.endpoints.length > 0);
    if (wallet === undefined) continue;
    if ("minimum" in wallet) {
      network.wallets.push(wallet);
      warnOfDuplicate(wallet, own, network.first);
    } else network.rejected.push(wallet);
  }
  if (count === 0) {
    const advice = "Add wallets, or remove the network";
    field.notice("The list has no wallets, no wallet of this network is monitored", advice);
  }
}

/** Warns of a duplicate wallet of a network. Both are used, as in the original. */
function warnOfDuplicate(wallet: WalletConfig, field: Field, first: Map<string, Seen>): void {
  const { address, label, minimum: { belowWei: minimum = "invalid" as const } } = wallet;
  const same = first.get(`${address} ${label}`);
  const other = first.get(address);
  if (same !== undefined) {
    const more = same.minimum === minimum ? "" : ", with another minimum: each minimum has its own series";
    const message = `Duplicate of ${same.field}: same address and label${more}`;
    field.warning(message, "Remove one, or correct its address");
  } else if (other !== undefined && other.minimum !== minimum) {
    field.notice(`Same address as ${other.field}, with another label and minimum`, "Check that the address is right");
  }
  const seen = { minimum, field };
  if (same === undefined) first.set(`${address} ${label}`, seen);
  if (other === undefined) first.set(address, seen);
}
