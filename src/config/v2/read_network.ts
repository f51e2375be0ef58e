import { uniqueNames } from "../../util/text.ts";
import type {
  EndpointConfig,
  Labels,
  NetworkConfig,
  OutflowConfig,
  PartValues,
  WalletConfig,
} from "../model/config.ts";
import type { SecretSource } from "../secrets/expand_secrets.ts";
import type { LoadContext } from "../model/load_context.ts";
import { SCHEMA_PARTS } from "../wallets/wallet_schema.ts";
import type { Field } from "../source/source_tree.ts";
import { parseEndpoint } from "./read_endpoint.ts";
import { readThresholds } from "../wallets/read_thresholds.ts";
import { countDistinct, isOwn } from "../model/shard.ts";
import { readInterval, readOutflow } from "./times.ts";
import { readWallet, type WalletSetting } from "../wallets/read_wallet.ts";
import { type Listed, readWalletsFrom } from "./read_wallets_from.ts";
import { readTokens, symbolsIn } from "./read_tokens.ts";
import { namesIn, readViews } from "./read_views.ts";
import { networkShape } from "./schema.ts";
import { partValues, walletShape } from "../wallets/wallet_schema.ts";
import { parse } from "../source/validator.ts";
import { KEY_PLACES } from "../wallets/key_places.ts";

/** The defaults of all wallets as configured, and what is counted of all of them. */
export interface WrittenDefaults extends Pick<WalletSetting, "thresholds" | "names" | "contradictions"> {
  readonly labels: Labels;
  /** Of networks that do not say so themselves. */
  readonly outflow: OutflowConfig;
  /** Values of the keys of schema parts, for networks without their own. */
  readonly parts: PartValues;
  /** The names of networks that prices are read from. */
  readonly priced: ReadonlySet<unknown>;
}

/** A network with its lists. */
export interface ReadNetwork {
  readonly field: Field;
  readonly network: NetworkConfig;
  readonly listed: Listed;
}

/**
 * Reads one network with everything in it.
 *
 * @returns `undefined` when anything is wrong
 */
export async function readNetwork(
  field: Field,
  defaults: WrittenDefaults,
  context: LoadContext,
): Promise<ReadNetwork | undefined> {
  const { shard, parts = SCHEMA_PARTS } = context;
  const written = parse(networkShape(parts), field, { places: KEY_PLACES });
  const interval = readInterval(written?.interval, field.at("interval"));
  const endpointFields = [...field.at("endpoints").items()];
  const endpoints = await readEndpoints(endpointFields, context);
  const tokens = readTokens(field.at("tokens"), written?.chainId);
  const { tokens: ofViews, contracts } = await readViews(field.at("views"), tokens, defaults.labels);
  const { labels, outflow: ofDefaults, parts: inherited, priced, ...counted } = defaults;
  const decimals = written?.decimals;
  const own: WalletSetting = {
    ...counted,
    shape: walletShape(parts),
    defaults: { ...readThresholds(counted.thresholds, decimals), labels },
    decimals,
    symbols: [...symbolsIn(field.at("tokens")), ...namesIn(field.at("views"), true)],
    ofContracts: namesIn(field.at("views"), false),
  };
  const all = readWallets(field.at("wallets"), own);
  checkQuorum(field.at("quorum"), endpointFields.length);
  const outflow = readOutflow(written ?? {}, field, ofDefaults);
  const listed = await readWalletsFrom(field, own, context);
  if (written === undefined) return undefined;
  const { name, chainId, genesis, quorum = 1, block = "latest", symbol } = written;
  const hasWallets = (written.wallets ?? []).length > 0 || written.walletsFrom !== undefined;
  if (!hasWallets && contracts.length === 0 && !priced.has(name)) {
    field.notice("The network has no wallets, nothing is monitored on it", "Add wallets, or remove it");
  }
  const others = Object.entries(written).filter(([key]) =>
    parts.some(({ network = {} }) => Object.hasOwn(network, key))
  );
  const wallets = shard === undefined ? all : all.filter(({ address }) => isOwn(address, { network: name, shard }));
  reportShared(wallets, listed.wallets, field.at("walletsFrom"));
  const watched = {
    wallets: [...wallets, ...listed.wallets],
    rejected: listed.rejected,
    ...outflow,
    others: listed.others + countDistinct(all) - countDistinct(wallets),
    ...partValues({ ...inherited, ...Object.fromEntries(others) }),
  };
  return {
    field,
    network: {
      name,
      chainId,
      genesis,
      quorum,
      block,
      interval,
      symbol,
      decimals,
      tokens: [...tokens, ...ofViews],
      endpoints,
      ...watched,
      ...contracts.length === 0 ? {} : { contracts },
    },
    listed,
  };
}

/** Reports wallets of lists that are in the configuration too. */
function reportShared(own: readonly WalletConfig[], listed: readonly WalletConfig[], field: Field): void {
  const keyOf = ({ address, label }: WalletConfig): string => `${address} ${label}`;
  const keys = new Set(own.map(keyOf));
  const shared = listed.filter((wallet) => keys.has(keyOf(wallet))).length;
  if (shared === 0) return;
  const many = shared === 1 ? "One wallet of the lists is" : `${shared} wallets of the lists are`;
  field.notice(`${many} in the configuration too; duplicates are merged`, "");
}

function checkQuorum(field: Field, endpoints: number): void {
  const { value: quorum } = field;
  if (typeof quorum !== "number" || endpoints === 0 || quorum <= endpoints) return;
  const message = `A quorum of ${quorum} needs as many endpoints, found ${endpoints}`;
  field.error(message, "Add endpoints, or lower the quorum");
}

async function readEndpoints(fields: readonly Field[], secrets: SecretSource): Promise<readonly EndpointConfig[]> {
  const given = new Set<string>();
  const read: { readonly endpoint: EndpointConfig; readonly isNamed: boolean }[] = [];
  for (const field of fields) {
    const endpoint = await parseEndpoint(field, secrets);
    if (endpoint === undefined) continue;
    const isNamed = field.at("name").value !== undefined;
    if (isNamed && given.has(endpoint.name)) {
      field.at("name").error("Duplicate name: another endpoint of this network has it", "Choose another");
    } else if (read.some(({ endpoint: { url } }) => url.equals(endpoint.url))) {
      field.error("Duplicate endpoint: same URL and headers", "Remove one");
    } else read.push({ endpoint, isNamed });
    if (isNamed) given.add(endpoint.name);
  }
  // Endpoints of one host get a number; given names are kept.
  const unnamed = read.filter(({ isNamed }) => !isNamed).map(({ endpoint }) => endpoint.name);
  const names = uniqueNames([...given, ...unnamed]).slice(given.size).values();
  return read.map(({ endpoint, isNamed }) => isNamed ? endpoint : { ...endpoint, name: names.next().value ?? "" });
}

function readWallets(field: Field, setting: WalletSetting): readonly WalletConfig[] {
  const wallets: WalletConfig[] = [];
  const seen = new Map<string, Field["key"]>();
  for (const own of field.items()) {
    const wallet = readWallet(own, setting);
    if (wallet === undefined) continue;
    wallets.push(wallet);
    const key = JSON.stringify([wallet.address, wallet.label]);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, own.key);
      continue;
    }
    const message = `Duplicate of wallets[${first}]: same address and label`;
    own.warning(
      `${message}; the highest of each threshold is used, and the lowest maximum`,
      "Remove one, or correct its address",
    );
  }
  return wallets;
}
