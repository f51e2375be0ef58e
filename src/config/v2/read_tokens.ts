import { closest } from "../../util/text.ts";
import { type PresetName, TOKEN_PRESETS, type TokenPreset } from "../../assets/token_presets.ts";
import type { TokenConfig } from "../model/config.ts";
import type { Field } from "../source/source_tree.ts";
import { parse } from "../source/validator.ts";
import { KEY_PLACES } from "../wallets/key_places.ts";
import { checkAddress } from "../wallets/wallet_address.ts";
import { presetShape, tokenShape } from "./schema.ts";

/**
 * Reads the tokens of a network.
 *
 * @param chainId of the network, if it is configured
 */
export function readTokens(field: Field, chainId: number | undefined): readonly TokenConfig[] {
  const tokens: TokenConfig[] = [];
  for (const own of field.items()) {
    const token = isOfPreset(own) ? readPreset(own, chainId) : readToken(own);
    if (token === undefined) continue;
    if (tokens.some(({ symbol }) => symbol === token.symbol)) {
      own.at("symbol").error("Duplicate symbol: another token of this network has it", "Choose another");
    } else if (tokens.some(({ address }) => address === token.address)) {
      own.at("address").error("Duplicate token: same contract address", "Remove one");
    } else tokens.push(token);
  }
  return tokens;
}

/** Also those of invalid tokens, so that no wallet is reported for them. */
export function symbolsIn(tokens: Field): readonly string[] {
  return [...tokens.items()].flatMap((token) => {
    const { value: symbol = presetOf(token)?.symbol } = token.at("symbol");
    return typeof symbol === "string" ? [symbol] : [];
  });
}

function readToken(field: Field): TokenConfig | undefined {
  const written = parse(tokenShape, field, { places: KEY_PLACES });
  const address = checkAddress(field.at("address"));
  if (written === undefined || address === undefined) return undefined;
  const { symbol, decimals, wallets = "all" } = written;
  return { symbol, address, decimals, wallets };
}

function isOfPreset(field: Field): boolean {
  const { value } = field;
  return typeof value === "object" && value !== null && Object.keys(value).some((key) => closest(key, ["preset"]));
}

function presetOf(field: Field): TokenPreset | undefined {
  const { value: name } = field.at("preset");
  return typeof name === "string" && isPreset(name) ? TOKEN_PRESETS[name] : undefined;
}

function isPreset(name: string): name is PresetName {
  return Object.hasOwn(TOKEN_PRESETS, name);
}

function readPreset(field: Field, chainId: number | undefined): TokenConfig | undefined {
  const written = parse(presetShape, field, { places: KEY_PLACES });
  if (written === undefined) return undefined;
  const preset: TokenPreset = TOKEN_PRESETS[written.preset];
  const { symbol = preset.symbol, decimals = preset.decimals, wallets = "all" } = written;
  const address = written.address === undefined ? addressOf(preset, field, chainId) : checkAddress(field.at("address"));
  if (symbol === undefined) field.error('Missing required key "symbol" (a symbol such as USDC)', "The preset has none");
  if (symbol === undefined || address === undefined) return undefined;
  return { symbol, address, decimals, hasDecimals: preset.hasDecimals, wallets };
}

function addressOf({ address }: TokenPreset, field: Field, chainId: number | undefined): string | undefined {
  if (typeof address === "string") return address;
  const advice = "Give the address of its contract";
  if (address === undefined) {
    return field.error('Missing required key "address" (0x followed by 40 hex digits)', advice);
  }
  if (chainId === undefined) {
    return field.at("preset").error("The contract of this preset depends on the chain", "Give the network a chainId");
  }
  return address[chainId] ?? field.at("preset").error(`The preset has no contract on the chain ${chainId}`, advice);
}
