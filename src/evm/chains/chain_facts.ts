import type { Account } from "../../assets/asset.ts";
import table from "./chains.json" with { type: "json" };

/** Public facts about a chain. */
export interface ChainFacts {
  readonly name: string;
  /** Of its native coin. */
  readonly symbol: string;
  readonly decimals: number;
  /** URL of its block explorer. */
  readonly explorer: string | undefined;
  /** Multicall3: its address and the block of its deployment. */
  readonly multicall3: { readonly address: string; readonly block: number } | undefined;
  /** Block time in seconds, of a chain with regular blocks; undefined if unknown. */
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

const ROWS: ReadonlyMap<number, ChainRow> = new Map(
  (table as readonly (readonly unknown[])[]).filter(isRow).map((row) => [row[0], row]),
);

/**
 * Looks up a chain in `chains.json`, generated from viem's chains by `deno task gen`.
 *
 * @returns `undefined` for an unknown chain
 */
export function chainFacts(id: number): ChainFacts | undefined {
  const row = ROWS.get(id);
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

/** JSON has no tuple types; a test counts that every row passes. */
function isRow(row: readonly unknown[]): row is ChainRow {
  return row.map((cell) => typeof cell).join() === "number,string,string,number,string,string,number,number";
}

/**
 * Chains without a native coin, where fees are paid in tokens: `eth_getBalance` returns one placeholder for every
 * address, and the BALANCE opcode 0. Tempo's mainnet, testnet and devnet: https://github.com/tempoxyz/tempo/issues/1499
 */
const COINLESS: ReadonlySet<number | undefined> = new Set([4217, 42431, 31318]);

/** Whether a chain has a native coin; assumed of an unknown chain. */
export function hasCoin(chainId: number | undefined): boolean {
  return !COINLESS.has(chainId);
}

/** The accounts that exist on a chain: no native balances on a chain without a coin. */
export function accountsOn(accounts: readonly Account[], chainId: number | undefined): readonly Account[] {
  return hasCoin(chainId) ? accounts : accounts.filter(({ asset }) => asset.requestType !== "balance");
}
