import { closest } from "../closest.ts";
import type { TokenConfig, TokenLevels } from "../config.ts";
import type { Path } from "../source_tree.ts";
import { checkAddress } from "./check_address.ts";
import { fieldOf } from "./field_of.ts";
import { checkOrder, plainAmount, type WrittenThresholds } from "./read_thresholds.ts";
import { LEVELS, tokenShape } from "./schema.ts";
import type { Scribe } from "./scribe.ts";

/**
 * Reads the tokens of a network.
 *
 * @param values as parsed
 * @param path where they stand
 * @param scribe takes them out, and is told what is wrong
 */
export function readTokens(values: readonly unknown[], path: Path, scribe: Scribe): readonly TokenConfig[] {
  const tokens: TokenConfig[] = [];
  for (const [index, value] of values.entries()) {
    const own = [...path, index];
    const written = scribe.take(tokenShape, value, own);
    const address = checkAddress(fieldOf(value, "address"), [...own, "address"], scribe);
    if (written === undefined || address === undefined) continue;
    const { symbol, decimals, wallets = "all" } = written;
    if (tokens.some((token) => token.symbol === symbol)) {
      scribe.tell("error", [...own, "symbol"], "Another token of this network has this symbol", "Choose another");
    } else if (tokens.some((token) => token.address === address)) {
      scribe.tell("error", [...own, "address"], "The same token stands here twice", "Remove one");
    } else tokens.push({ symbol, address, decimals, wallets });
  }
  return tokens;
}

/**
 * Reads the thresholds that a wallet has for tokens.
 *
 * @param written by symbol, of the right shape
 * @param known the symbols of the network's tokens
 * @param path where they stand
 * @param scribe told of tokens that the network does not have
 */
export function readTokenLevels(
  written: Readonly<Record<string, WrittenThresholds>>,
  known: readonly string[],
  path: Path,
  scribe: Scribe,
): Readonly<Record<string, TokenLevels>> {
  return Object.fromEntries(
    Object.entries(written).map(([symbol, thresholds]) => {
      const own = [...path, symbol];
      checkOrder(thresholds, own, scribe);
      if (!known.includes(symbol)) {
        const near = closest(symbol, known);
        const advice = near === undefined ? "Add it to the tokens of the network" : `Did you mean ${near}?`;
        scribe.tell("error", own, "The network has no token of this symbol", advice, "key");
      }
      const levels: Partial<Record<typeof LEVELS[number], string>> = {};
      for (const level of LEVELS) {
        const amount = thresholds[level];
        if (amount !== undefined) levels[level] = plainAmount(amount);
      }
      return [symbol, levels];
    }),
  );
}
