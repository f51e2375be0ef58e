import { uniqueNames } from "../../util/text.ts";
import type { EndpointConfig, Labels, NetworkConfig, RemoteList, TokenConfig, WalletConfig } from "../model/config.ts";
import type { SecretSource } from "../secrets/expand_secrets.ts";
import type { Problem } from "../model/problem.ts";
import type { LoadContext } from "../model/load_context.ts";
import { SCHEMA_PARTS } from "../../assets/kinds.ts";
import { fieldOf, type Path } from "../source/source_tree.ts";
import { readEndpoint } from "./read_endpoint.ts";
import { readThresholds, type WrittenThresholds } from "../wallets/read_thresholds.ts";
import { countDistinct, isOwn } from "../model/shard.ts";
import { readInterval } from "./times.ts";
import { readWallet, type WalletSetting } from "../wallets/read_wallet.ts";
import { readWalletsFrom } from "./read_wallets_from.ts";
import { networkShape, tokenShape } from "./schema.ts";
import { partValues, walletShape } from "../wallets/wallet_schema.ts";
import type { Validator } from "../source/validator.ts";
import { checkAddress } from "../wallets/wallet_address.ts";

/** The defaults of all wallets as configured. */
export interface WrittenDefaults {
  readonly thresholds: WrittenThresholds;
  readonly labels: Labels;
  /** Label names of all wallets so far; added to. */
  readonly names: Set<string>;
  /** The number of wallets so far that contradict a default level; added to. */
  readonly contradictions: Map<string, number>;
}

/** A network with its lists. */
export interface ReadNetwork {
  readonly network: NetworkConfig;
  /** Its lists over HTTP. */
  readonly lists: readonly RemoteList[];
  /** Problems of entries of lists. */
  readonly problems: readonly Problem[];
  /** The number of wallets in each file list, of all shards, by network and path. */
  readonly listSizes: ReadonlyMap<string, number>;
}

/**
 * Reads one network with everything in it.
 *
 * @returns `undefined` when anything is wrong
 */
export async function readNetwork(
  value: unknown,
  path: Path,
  defaults: WrittenDefaults,
  context: LoadContext,
  validator: Validator,
): Promise<ReadNetwork | undefined> {
  const written = validator.parse(networkShape(context.parts), value, path);
  const interval = readInterval(written?.interval, [...path, "interval"], validator);
  const endpoints = await readEndpoints(listOf(value, "endpoints"), path, context, validator);
  const tokens = readTokens(listOf(value, "tokens"), [...path, "tokens"], validator);
  const { thresholds, labels, names, contradictions } = defaults;
  const decimals = written?.decimals;
  const own: WalletSetting = {
    shape: walletShape(context.parts),
    defaults: { ...readThresholds(thresholds, decimals), labels },
    thresholds,
    contradictions,
    names,
    decimals,
    symbols: symbolsIn(value),
  };
  const all = readWallets(listOf(value, "wallets"), path, own, validator);
  checkQuorum(fieldOf(value, "quorum"), listOf(value, "endpoints").length, [...path, "quorum"], validator);
  const listed = await readWalletsFrom(value, path, own, context, validator);
  if (written === undefined) return undefined;
  const { name, chainId, genesis, quorum = 1, block = "latest", symbol } = written;
  if (listOf(value, "wallets").length === 0 && fieldOf(value, "walletsFrom") === undefined) {
    const message = "The network has no wallets, nothing is monitored on it";
    validator.report("notice", path, message, "Add wallets, or remove it");
  }
  const { shard, parts = SCHEMA_PARTS } = context;
  const others = Object.entries(written).filter(([key]) =>
    parts.some(({ network = {} }) => Object.hasOwn(network, key))
  );
  const wallets = shard === undefined ? all : all.filter(({ address }) => isOwn(address, { network: name, shard }));
  reportShared(wallets, listed.wallets, path, validator);
  const watched = {
    wallets: [...wallets, ...listed.wallets],
    rejected: listed.rejected,
    others: listed.others + countDistinct(all) - countDistinct(wallets),
    ...partValues(Object.fromEntries(others)),
  };
  return {
    network: { name, chainId, genesis, quorum, block, interval, symbol, decimals, tokens, endpoints, ...watched },
    lists: listed.remote.map((list) => ({ network: name, ...list })),
    problems: listed.problems,
    listSizes: listed.sizes,
  };
}

/** Reports wallets of lists that are in the configuration too. */
function reportShared(
  own: readonly WalletConfig[],
  listed: readonly WalletConfig[],
  path: Path,
  validator: Validator,
): void {
  const keyOf = ({ address, label }: WalletConfig): string => `${address} ${label}`;
  const keys = new Set(own.map(keyOf));
  const shared = listed.filter((wallet) => keys.has(keyOf(wallet))).length;
  if (shared === 0) return;
  const many = shared === 1 ? "One wallet of the lists is" : `${shared} wallets of the lists are`;
  const message = `${many} in the configuration too; duplicates are merged`;
  validator.report("notice", [...path, "walletsFrom"], message, "");
}

/** Also those of invalid tokens, so that no wallet is reported for them. */
function symbolsIn(network: unknown): readonly string[] {
  return listOf(network, "tokens").flatMap((token) => {
    const symbol = fieldOf(token, "symbol");
    return typeof symbol === "string" ? [symbol] : [];
  });
}

function checkQuorum(quorum: unknown, endpoints: number, path: Path, validator: Validator): void {
  if (typeof quorum !== "number" || endpoints === 0 || quorum <= endpoints) return;
  const message = `A quorum of ${quorum} needs as many endpoints, found ${endpoints}`;
  validator.report("error", path, message, "Add endpoints, or lower the quorum");
}

/** Reads the tokens of a network. */
function readTokens(values: readonly unknown[], path: Path, validator: Validator): readonly TokenConfig[] {
  const tokens: TokenConfig[] = [];
  for (const [index, value] of values.entries()) {
    const own = [...path, index];
    const written = validator.parse(tokenShape, value, own);
    const address = checkAddress(fieldOf(value, "address"), [...own, "address"], validator);
    if (written === undefined || address === undefined) continue;
    const { symbol, decimals, wallets = "all" } = written;
    if (tokens.some((token) => token.symbol === symbol)) {
      const message = "Duplicate symbol: another token of this network has it";
      validator.report("error", [...own, "symbol"], message, "Choose another");
    } else if (tokens.some((token) => token.address === address)) {
      validator.report("error", [...own, "address"], "Duplicate token: same contract address", "Remove one");
    } else tokens.push({ symbol, address, decimals, wallets });
  }
  return tokens;
}

async function readEndpoints(
  values: readonly unknown[],
  path: Path,
  secrets: SecretSource,
  validator: Validator,
): Promise<readonly EndpointConfig[]> {
  const given = new Set<string>();
  const read: { readonly endpoint: EndpointConfig; readonly isNamed: boolean }[] = [];
  for (const [index, value] of values.entries()) {
    const own = [...path, "endpoints", index];
    const endpoint = await readEndpoint(value, own, secrets, validator);
    if (endpoint === undefined) continue;
    const isNamed = fieldOf(value, "name") !== undefined;
    if (isNamed && given.has(endpoint.name)) {
      const message = "Duplicate name: another endpoint of this network has it";
      validator.report("error", [...own, "name"], message, "Choose another");
    } else if (read.some(({ endpoint: { url } }) => url.equals(endpoint.url))) {
      validator.report("error", own, "Duplicate endpoint: same URL and headers", "Remove one");
    } else read.push({ endpoint, isNamed });
    if (isNamed) given.add(endpoint.name);
  }
  // Endpoints of one host get a number; given names are kept.
  const unnamed = read.filter(({ isNamed }) => !isNamed).map(({ endpoint }) => endpoint.name);
  const names = uniqueNames([...given, ...unnamed]).slice(given.size).values();
  return read.map(({ endpoint, isNamed }) => isNamed ? endpoint : { ...endpoint, name: names.next().value ?? "" });
}

function readWallets(
  values: readonly unknown[],
  path: Path,
  setting: WalletSetting,
  validator: Validator,
): readonly WalletConfig[] {
  const seen = new Map<string, number>();
  return values.flatMap((value, index) => {
    const own = [...path, "wallets", index];
    const wallet = readWallet(value, own, setting, validator);
    if (wallet === undefined) return [];
    const key = JSON.stringify([wallet.address, wallet.label]);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, index);
      return [wallet];
    }
    const message = `Duplicate of wallets[${first}]: same address and label`;
    const advice = "Remove one, or correct its address";
    validator.report("warning", own, `${message}; the highest of each threshold is used`, advice);
    return [wallet];
  });
}

function listOf(value: unknown, key: string): readonly unknown[] {
  const list = fieldOf(value, key);
  return Array.isArray(list) ? list : [];
}
