import type { Config, NetworkConfig, RejectedEntry, WalletConfig } from "../model/config.ts";
import { refusal } from "../model/problem.ts";
import { EndpointUrl, parseEndpointUrl } from "../secrets/endpoint_url.ts";
import { createReporter, Field, type Path, typeName } from "../source/source_tree.ts";
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
  for (const { entries } of merged.values()) reportDuplicates(entries, tree.pathText);
  return { source, version: 1, networks: [...merged.values()].map(networkOf), problems: reporter.problems };
}

/** A network with the wallets of all its occurrences. */
interface MergedNetwork extends Pick<NetworkConfig, "name" | "endpoints"> {
  readonly entries: Entry[];
}

interface Entry {
  readonly wallet: WalletConfig | RejectedEntry;
  readonly field: Field;
}

function networkOf({ name, endpoints, entries }: MergedNetwork): NetworkConfig {
  const all = entries.map(({ wallet }) => wallet);
  return {
    name,
    endpoints,
    wallets: all.filter((wallet) => "minimum" in wallet),
    rejected: all.filter((wallet) => !("minimum" in wallet)),
  };
}

/** @param merged by name and endpoint, or by URL if that is invalid */
function addNetwork(merged: Map<string, MergedNetwork>, network: V1Network, field: Field): void {
  const { name, url: typed } = network;
  // The label network shows the first label of the host, as in the original.
  const url = parseEndpointUrl(typed, [], { shown: URL.parse(typed)?.hostname.split(".")[0] ?? "" });
  const isReachable = url instanceof EndpointUrl;
  if (isReachable) warnOfUrl(typed, url, field);
  else field.error(url.message, adviceOnKey(typed, url), "key");
  const entries = readEntries(network, field, isReachable);
  const key = JSON.stringify(isReachable ? [name, url.reveal()] : typed);
  const same = merged.get(key);
  if (same === undefined) {
    merged.set(key, { name, endpoints: isReachable ? [{ name: url.name, url }] : [], entries });
    return;
  }
  field.warning("Duplicate RPC URL: both lists of wallets are used", "Merge the lists", "key");
  for (const entry of entries) same.entries.push(entry);
}

function readEntries(network: V1Network, field: Field, isReachable: boolean): Entry[] {
  const entries: Entry[] = [];
  if (network.notList !== undefined) {
    field.error(`The wallets must be a list, found ${typeName(network.notList.value)}`, SHAPE);
    return entries;
  }
  let count = 0;
  for (const { value, keys } of network.entries) {
    const own = field.at(count++);
    const wallet = readV1Wallet(own.with(value), keys, isReachable);
    if (wallet !== undefined) entries.push({ wallet, field: own });
  }
  if (count === 0) {
    const advice = "Add wallets, or remove the network";
    field.notice("The list has no wallets, no wallet of this network is monitored", advice);
  }
  return entries;
}

/** Warns of duplicate wallets of a network. Both are used, as in the original. */
function reportDuplicates(entries: readonly Entry[], pathText: (path: Path) => string): void {
  const first = new Map<string, Entry>();
  for (const entry of entries) {
    const { wallet: { address, label }, field } = entry;
    const minimum = minimumOf(entry);
    if (minimum === undefined) continue;
    const same = first.get(`${address} ${label}`);
    const other = first.get(address);
    if (same !== undefined) {
      const more = minimumOf(same) === minimum ? "" : ", with another minimum: each minimum has its own series";
      const message = `Duplicate of ${pathText(same.field.path)}: same address and label${more}`;
      field.warning(message, "Remove one, or correct its address");
    } else if (other !== undefined && minimumOf(other) !== minimum) {
      const message = `Same address as ${pathText(other.field.path)}, with another label and minimum`;
      field.notice(message, "Check that the address is right");
    }
    if (same === undefined) first.set(`${address} ${label}`, entry);
    if (other === undefined) first.set(address, entry);
  }
}

/** As it is compared; none of a rejected entry. */
function minimumOf({ wallet }: Entry): bigint | string | undefined {
  return "minimum" in wallet ? wallet.minimum.belowWei ?? "invalid" : undefined;
}
