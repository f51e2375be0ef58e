import type { Account } from "../../assets/asset.ts";
import table from "./chains.json" with { type: "json" };

/** What is commonly known of a chain. */
export interface ChainFacts {
  readonly name: string;
  /** Of its coin. */
  readonly symbol: string;
  readonly decimals: number;
  /** Where to look at an address in a browser. */
  readonly explorer: string | undefined;
  /** Multicall3: its address and the block it was made in. */
  readonly multicall3: { readonly address: string; readonly block: number } | undefined;
  /** Seconds from block to block, on a chain that makes them all the time; none where that is not known. */
  readonly blockSeconds: number | undefined;
}

/** One row of `chains.json`. */
export type ChainRow = readonly [
  id: number,
  name: string,
  symbol: string,
  decimals: number,
  explorer: string,
  multicall: string,
  block: number,
  blockMilliseconds: number,
];

let rows: ReadonlyMap<number, ChainRow> | undefined;

/**
 * Looks a chain up in the table made from viem's by `deno task gen`.
 *
 * @param id the chain id
 * @returns `undefined` for a chain that is not in it
 */
export function chainFacts(id: number): ChainFacts | undefined {
  rows ??= new Map((table as readonly unknown[]).filter(isRow).map((row) => [row[0], row]));
  const row = rows.get(id);
  if (row === undefined) return undefined;
  const [, name, symbol, decimals, explorer, address, block, blockMilliseconds] = row;
  return {
    name,
    symbol,
    decimals,
    explorer: explorer === "" ? undefined : explorer,
    multicall3: address === "" ? undefined : { address, block },
    blockSeconds: blockMilliseconds === 0 ? undefined : blockMilliseconds / 1000,
  };
}

/** The table's type is too wide for its tuples; its test counts that every row passes. */
function isRow(row: unknown): row is ChainRow {
  return Array.isArray(row) &&
    row.map((cell) => typeof cell).join() === "number,string,string,number,string,string,number,number";
}

/**
 * Chains without a coin, where fees are paid in tokens: `eth_getBalance` returns one placeholder for every address, and
 * the BALANCE opcode 0. Tempo's mainnet, testnet and devnet: https://github.com/tempoxyz/tempo/issues/1499
 */
const COINLESS: ReadonlySet<number | undefined> = new Set([4217, 42431, 31318]);

/** Whether a chain has a coin; an unknown one has. */
export function hasCoin(chainId: number | undefined): boolean {
  return !COINLESS.has(chainId);
}

/** The accounts that exist on a chain: no native balances where it has no coin. */
export function accountsOn(accounts: readonly Account[], chainId: number | undefined): readonly Account[] {
  return hasCoin(chainId) ? accounts : accounts.filter(({ asset }) => asset.requestType !== "balance");
}
