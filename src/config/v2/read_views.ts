import type { ContractConfig, Labels, TokenConfig } from "../model/config.ts";
import type { Field } from "../source/source_tree.ts";
import { parse } from "../source/validator.ts";
import { KEY_PLACES } from "../wallets/key_places.ts";
import { checkAddress } from "../wallets/wallet_address.ts";
import { checkOrder, convertAmounts } from "../wallets/read_thresholds.ts";
import { viewShape } from "./schema.ts";

/** The views of a network. */
export interface ReadViews {
  /** Those of wallets: they are read like tokens. */
  readonly tokens: readonly TokenConfig[];
  /** Those of their contracts. */
  readonly contracts: readonly ContractConfig[];
}

/** Stands for the wallet's address. */
const WALLET = "wallet";

/**
 * Reads the views of a network.
 *
 * @param tokens of the network: names must differ from their symbols
 * @param labels of those that belong to their contracts
 */
export async function readViews(
  field: Field,
  tokens: readonly TokenConfig[],
  labels: Labels,
): Promise<ReadViews> {
  const read: { tokens: TokenConfig[]; contracts: ContractConfig[] } = { tokens: [], contracts: [] };
  const names = new Set(tokens.map(({ symbol }) => symbol));
  for (const own of field.items()) {
    const view = await readView(own, labels);
    if (view === undefined) continue;
    const { symbol } = "token" in view ? view.token : view;
    if (names.has(symbol)) {
      own.at("name").error("Duplicate name: another view or token of this network has it", "Choose another");
    }
    names.add(symbol);
    if ("token" in view) read.contracts.push(view);
    else read.tokens.push(view);
  }
  return read;
}

/**
 * The names of views, also of invalid ones, so that no wallet is reported for them.
 *
 * @param ofWallets whether those of wallets, or those of contracts
 */
export function namesIn(views: Field, ofWallets: boolean): readonly string[] {
  return [...views.items()].filter((view) => isOfWallets(view.at("args").value) === ofWallets)
    .map((view) => view.at("name").value).filter((name) => typeof name === "string");
}

function isOfWallets(args: unknown): boolean {
  return Array.isArray(args) && args.includes(WALLET);
}

async function readView(field: Field, labels: Labels): Promise<TokenConfig | ContractConfig | undefined> {
  const written = parse(viewShape, field, { places: KEY_PLACES });
  const address = checkAddress(field.at("address"));
  if (written === undefined || address === undefined) return undefined;
  const { encodeView } = await import("./encode_view.ts");
  const view = encodeView(field, written);
  if (view === undefined) return undefined;
  const { name: symbol, decimals = 0, wallets = "all", thresholds } = written;
  if (view.argumentParts.length > 1) {
    if (thresholds === undefined) return { symbol, address, decimals, view, wallets };
    return field.at("thresholds").error("Thresholds of a view of wallets are theirs", "Set them in wallets[].tokens");
  }
  if (written.wallets !== undefined) {
    const message = "A view without the argument wallet belongs to its contract, not to wallets";
    return field.at("wallets").error(message, "Remove it, or use the argument wallet");
  }
  checkOrder(thresholds ?? {}, field.at("thresholds"));
  const token: TokenConfig = { symbol, address, decimals, view, wallets: "named" };
  return { token, thresholds: convertAmounts(thresholds ?? {}), labels };
}
