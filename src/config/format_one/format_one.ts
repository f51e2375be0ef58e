import type { Config, NetworkConfig, SetAside, WalletConfig } from "../config.ts";
import { EndpointUrl, parseEndpointUrl } from "../endpoint_url.ts";
import { jsonValue, type Member } from "./json_value.ts";
import { networkName } from "./network_name.ts";
import { parseJson } from "../parse_json.ts";
import { ConfigError, type Problem } from "../problem.ts";
import { a, type Reader } from "./reader.ts";
import { readWallet } from "./read_wallet.ts";

const SHAPE = 'Write { "<rpc url>": [ { "address": "0x…", "label": "…", "min_balance_eth": 1 } ] }';

/**
 * Reads format 1, the original exporter's: an object from RPC URLs to lists of
 * wallets. It is lenient: an entry that cannot be watched is set aside and
 * told, everything else is kept.
 *
 * @param text the whole text
 * @param source where it came from, for messages
 * @throws {ConfigError} when the text is not JSON or not an object
 */
export function readFormatOne(text: string, source: string): Config {
  const document = parseJson(text, source);
  const problems: Problem[] = [];
  const reader: Reader = {
    look: (node) => jsonValue(node, document.text),
    tell: (severity, offset, path, message, advice) =>
      problems.push({
        severity,
        path,
        ...document.positionAt(offset),
        message,
        advice,
      }),
  };
  const root = reader.look(document.root);
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
  const networks = new Map<string, NetworkConfig>();
  for (const member of root.members) {
    addNetwork(networks, readNetwork(member, reader), member, reader);
  }
  if (root.members.length === 0) {
    reader.tell("notice", root.offset, "", "No network is configured, so nothing is watched", SHAPE);
  }
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  return { source, format: 1, networks: [...networks.values()], problems };
}

function readNetwork(
  { key, offset, value }: Member,
  reader: Reader,
): NetworkConfig {
  const name = networkName(key);
  const url = parseEndpointUrl(key);
  const reached = url instanceof EndpointUrl ? url : undefined;
  if (!(url instanceof EndpointUrl)) {
    reader.tell("error", offset, name, url.message, url.advice);
  }
  const endpoints = reached === undefined ? [] : [{ name: reached.name, url: reached }];
  const list = reader.look(value);
  const wallets: WalletConfig[] = [];
  const setAside: SetAside[] = [];
  if (list.type !== "array") {
    reader.tell(
      "error",
      list.offset,
      name,
      `The wallets must be a list, found ${a(list.type)}`,
      SHAPE,
    );
    return { name, endpoints, wallets, setAside };
  }
  if (list.items.length === 0) {
    const advice = "Add wallets, or remove the network";
    reader.tell("notice", list.offset, name, "The list has no wallets, so nothing is watched on this network", advice);
  }
  for (const [index, item] of list.items.entries()) {
    const entry = readWallet(
      item,
      `${name}[${index}]`,
      reader,
      reached !== undefined,
    );
    if (entry === undefined) continue;
    if ("minimum" in entry) wallets.push(entry);
    else setAside.push(entry);
  }
  return { name, endpoints, wallets, setAside };
}

/** The same endpoint written twice is one network with both lists. */
function addNetwork(
  networks: Map<string, NetworkConfig>,
  network: NetworkConfig,
  { key, offset }: Member,
  reader: Reader,
): void {
  const { name, endpoints: [endpoint], wallets, setAside } = network;
  const same = networks.entries().find(([otherKey, other]) =>
    otherKey === key ||
    other.name === name && endpoint !== undefined && other.endpoints[0]?.url.equals(endpoint.url) === true
  );
  if (same === undefined) {
    networks.set(key, network);
    return;
  }
  const [firstKey, first] = same;
  reader.tell("warning", offset, name, "The same RPC URL stands here twice; both lists count", "Join the lists");
  networks.set(firstKey, {
    ...first,
    wallets: [...first.wallets, ...wallets],
    setAside: [...first.setAside, ...setAside],
  });
}
