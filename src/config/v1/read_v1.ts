import type { Config, NetworkConfig } from "../model/config.ts";
import { EndpointUrl, parseEndpointUrl } from "../secrets/endpoint_url.ts";
import { adviceOnKey, keyOfFormatTwo, warnOfUrl } from "./check_url_key.ts";
import { jsonValue, type Member } from "./json_value.ts";
import { networkName } from "./network_name.ts";
import { parseJson } from "../source/parse_json.ts";
import { ConfigError, type Problem } from "../model/problem.ts";
import { a, type Reader } from "./reader.ts";
import { readWallet } from "./read_wallet.ts";
import { type Entry, warnOfDoubles } from "./warn_of_doubles.ts";

const SHAPE = 'Write { "<rpc url>": [ { "address": "0x…", "label": "…", "min_balance_eth": 1 } ] }';

/**
 * Reads format 1, the original exporter's: an object from RPC URLs to lists of
 * wallets. It is lenient: an entry that cannot be watched is set aside and
 * told, everything else is kept.
 *
 * @param text the whole text
 * @param source where it came from, for messages
 * @throws {ConfigError} when the text is not JSON, not an object, or of format 2 without its version
 */
export function readV1(text: string, source: string): Config {
  const document = parseJson(text, source);
  const problems: Problem[] = [];
  const reader: Reader = {
    look: (place) => jsonValue(document.index, place),
    tell: (severity, offset, path, message, advice) =>
      problems.push({
        severity,
        path,
        ...document.positionAt(offset),
        message,
        advice,
      }),
  };
  const root = reader.look(0);
  if (root.type !== "object") {
    reader.tell(
      "error",
      root.offset,
      "",
      "The configuration must be an object",
      SHAPE,
    );
    throw new ConfigError(source, problems);
  }
  const ofFormatTwo = keyOfFormatTwo(root.members);
  if (ofFormatTwo !== undefined) {
    const advice = 'Add version: 2 as the first line, which in JSON is "version": 2, as the first key';
    reader.tell("error", ofFormatTwo.offset, "", "This looks like format 2 without its version", advice);
    throw new ConfigError(source, problems);
  }
  const networks = new Map<string, ReadNetwork>();
  const firstKeys = new Map<string, string>();
  for (const member of root.members) {
    addNetwork(networks, firstKeys, readNetwork(member, reader), member, reader);
  }
  for (const { entries } of networks.values()) warnOfDoubles(entries, reader);
  if (root.members.length === 0) {
    reader.tell("notice", root.offset, "", "No network is configured, so nothing is watched", SHAPE);
  }
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  return { source, format: 1, networks: [...networks.values()].map(networkOf), problems };
}

/** A network, and where its entries are in the text. */
interface ReadNetwork {
  readonly name: string;
  readonly endpoints: NetworkConfig["endpoints"];
  /** Those of a network that is written twice are added. */
  readonly entries: Entry[];
}

function networkOf({ name, endpoints, entries }: ReadNetwork): NetworkConfig {
  const all = entries.map(({ wallet }) => wallet);
  return {
    name,
    endpoints,
    wallets: all.filter((wallet) => "minimum" in wallet),
    rejected: all.filter((wallet) => !("minimum" in wallet)),
  };
}

function readNetwork(member: Member, reader: Reader): ReadNetwork {
  const { key, offset, value } = member;
  const name = networkName(key);
  // The label network shows the first label of the host, as in the original.
  const url = parseEndpointUrl(key, [], { shown: URL.parse(key)?.hostname.split(".")[0] ?? "" });
  const endpoints = url instanceof EndpointUrl ? [{ name: url.name, url }] : [];
  if (url instanceof EndpointUrl) warnOfUrl(member, url, name, reader);
  else reader.tell("error", offset, name, url.message, adviceOnKey(key, url));
  const list = reader.look(value);
  if (list.type !== "array") {
    reader.tell("error", list.offset, name, `The wallets must be a list, found ${a(list.type)}`, SHAPE);
    return { name, endpoints, entries: [] };
  }
  if (list.items.length === 0) {
    const advice = "Add wallets, or remove the network";
    reader.tell("notice", list.offset, name, "The list has no wallets, so nothing is watched on this network", advice);
  }
  const entries = list.items.flatMap((place, index): readonly Entry[] => {
    const path = `${name}[${index}]`;
    const wallet = readWallet(place, path, reader, endpoints.length > 0);
    return wallet === undefined ? [] : [{ wallet, place, path }];
  });
  return { name, endpoints, entries };
}

/**
 * The same endpoint written twice is one network with both lists.
 *
 * @param networks by their first key
 * @param firstKeys the same keys by endpoint: comparing each network with all others takes minutes where there are many
 */
function addNetwork(
  networks: Map<string, ReadNetwork>,
  firstKeys: Map<string, string>,
  network: ReadNetwork,
  { key, offset }: Member,
  reader: Reader,
): void {
  const { name, endpoints: [endpoint], entries } = network;
  const reached = endpoint === undefined ? undefined : JSON.stringify([name, endpoint.url.reveal()]);
  const firstKey = networks.has(key) || reached === undefined ? key : firstKeys.get(reached) ?? key;
  const first = networks.get(firstKey);
  if (first === undefined) {
    networks.set(key, network);
    if (reached !== undefined) firstKeys.set(reached, key);
    return;
  }
  reader.tell("warning", offset, name, "The same RPC URL stands here twice; both lists count", "Join the lists");
  for (const entry of entries) first.entries.push(entry);
}
