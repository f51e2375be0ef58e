import type { EndpointConfig, NetworkConfig, WalletConfig } from "../config.ts";
import type { SecretSource } from "../expand_secrets.ts";
import type { Path } from "../source_tree.ts";
import { fieldOf } from "./field_of.ts";
import { readEndpoint } from "./read_endpoint.ts";
import { readInterval } from "./read_times.ts";
import { readWallet, type WalletDefaults } from "./read_wallet.ts";
import { networkShape } from "./schema.ts";
import type { Scribe } from "./scribe.ts";

/**
 * Reads one network of format 2 with all that stands in it.
 *
 * @param value as parsed
 * @param path where it stands
 * @param defaults what wallets have unless they say so themselves
 * @param secrets where they come from
 * @param scribe takes it out, and is told what is wrong
 * @returns `undefined` when anything is wrong
 */
export async function readNetwork(
  value: unknown,
  path: Path,
  defaults: WalletDefaults,
  secrets: SecretSource,
  scribe: Scribe,
): Promise<NetworkConfig | undefined> {
  const written = scribe.take(networkShape, value, path);
  const interval = readInterval(written?.interval, [...path, "interval"], scribe);
  const endpoints = await readEndpoints(listOf(value, "endpoints"), path, secrets, scribe);
  const wallets = readWallets(listOf(value, "wallets"), path, defaults, scribe);
  checkQuorum(fieldOf(value, "quorum"), listOf(value, "endpoints").length, [...path, "quorum"], scribe);
  if (written === undefined) return undefined;
  const { name, chainId, genesis, quorum = 1, block = "latest" } = written;
  if (wallets.length === 0 && listOf(value, "wallets").length === 0) {
    scribe.tell("notice", path, "The network has no wallets, so nothing is watched on it", "Add wallets, or remove it");
  }
  return { name, chainId, genesis, quorum, block, interval, endpoints, wallets, setAside: [] };
}

function checkQuorum(quorum: unknown, endpoints: number, path: Path, scribe: Scribe): void {
  if (typeof quorum !== "number" || endpoints === 0 || quorum <= endpoints) return;
  const message = `A quorum of ${quorum} needs as many endpoints, there ${
    endpoints === 1 ? "is one" : `are ${endpoints}`
  }`;
  scribe.tell("error", path, message, "Add endpoints, or lower the quorum");
}

async function readEndpoints(
  values: readonly unknown[],
  path: Path,
  secrets: SecretSource,
  scribe: Scribe,
): Promise<readonly EndpointConfig[]> {
  const given = new Set<string>();
  const read: { readonly endpoint: EndpointConfig; readonly isNamed: boolean }[] = [];
  for (const [index, value] of values.entries()) {
    const own = [...path, "endpoints", index];
    const endpoint = await readEndpoint(value, own, secrets, scribe);
    if (endpoint === undefined) continue;
    const isNamed = fieldOf(value, "name") !== undefined;
    if (isNamed && given.has(endpoint.name)) {
      scribe.tell("error", [...own, "name"], "Another endpoint of this network has this name", "Choose another");
    } else if (read.some(({ endpoint: { url } }) => url.equals(endpoint.url))) {
      scribe.tell("error", own, "The same endpoint stands here twice", "Remove one");
    } else read.push({ endpoint, isNamed });
    if (isNamed) given.add(endpoint.name);
  }
  return read.map(({ endpoint, isNamed }) => {
    if (isNamed) return endpoint;
    const name = freeName(endpoint.name, given);
    given.add(name);
    return { ...endpoint, name };
  });
}

/** Endpoints of one host are told apart by a number. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name}_${number}`)) number++;
  return `${name}_${number}`;
}

function readWallets(
  values: readonly unknown[],
  path: Path,
  defaults: WalletDefaults,
  scribe: Scribe,
): readonly WalletConfig[] {
  const seen = new Map<string, number>();
  return values.flatMap((value, index) => {
    const own = [...path, "wallets", index];
    const wallet = readWallet(value, own, defaults, scribe);
    if (wallet === undefined) return [];
    const key = JSON.stringify([wallet.address, wallet.label]);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, index);
      return [wallet];
    }
    const message = `The same wallet with the same label stands in wallets[${first}] too`;
    scribe.tell("notice", own, `${message}; they are one, with the thresholds of both`, "Remove one");
    return [wallet];
  });
}

function listOf(value: unknown, key: string): readonly unknown[] {
  const list = fieldOf(value, key);
  return Array.isArray(list) ? list : [];
}
