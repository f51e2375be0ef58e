import * as chains from "viem/chains";
import type { ChainRow } from "../src/evm/chains/chain_facts.ts";

/** The used part of viem's definition of a chain. */
interface Chain {
  readonly id: number;
  readonly name: string;
  readonly blockTime?: number | undefined;
  readonly testnet?: boolean | undefined;
  readonly custom?: Readonly<Record<string, unknown>> | undefined;
  readonly nativeCurrency: { readonly symbol: string; readonly decimals: number };
  readonly blockExplorers?: { readonly default?: { readonly url: string } } | undefined;
  readonly contracts?: {
    readonly multicall3?: { readonly address: string; readonly blockCreated?: number | undefined } | undefined;
  } | undefined;
}

/**
 * The text of `src/evm/chains/chains.json`, from viem's definitions: one row per chain ID, in their order. Of two chains
 * with one ID the main network wins, then the first by name.
 */
export function chainTable(): string {
  const byId = Map.groupBy(allChains(), ({ id }) => id);
  const rows = [...byId.values()].map((same) => rowOf(same.toSorted(mainFirst)[0])).filter((row) => row !== undefined);
  rows.sort((a, b) => a[0] - b[0]);
  return `[\n${rows.map((row) => JSON.stringify(row)).join(",\n")}\n]\n`;
}

function allChains(): readonly Chain[] {
  return Object.values(chains).filter((value): value is typeof chains.mainnet =>
    typeof value === "object" && value !== null && "id" in value && Number.isSafeInteger(value.id)
  );
}

function mainFirst(a: Chain, b: Chain): number {
  return Number(a.testnet === true) - Number(b.testnet === true) || (a.name < b.name ? -1 : 1);
}

function rowOf(chain: Chain | undefined): ChainRow | undefined {
  if (chain === undefined) return undefined;
  const { id, name, nativeCurrency: { symbol, decimals }, blockExplorers, contracts } = chain;
  const { address = "", blockCreated = 0 } = contracts?.multicall3 ?? {};
  return [id, name, symbol, decimals, blockExplorers?.default?.url ?? "", address, blockCreated, blockTimeOf(chain)];
}

/** IDs that every local node uses: their block times differ. */
const LOCAL_IDS: ReadonlySet<number> = new Set([1337, 31337]);

/** Scroll, and Robinhood Chain (Arbitrum Orbit): their definitions do not name their stack. */
const IDLE_IDS: ReadonlySet<number> = new Set([534352, 4663]);

/** Whether a chain may produce no blocks without transactions. ZK stack chains are known by their EIP-712 signing. */
function isIdle({ id, custom }: Chain): boolean {
  return custom?.["getEip712Domain"] !== undefined || IDLE_IDS.has(id);
}

/** 0 where blocks are not produced continuously: test networks may pause. */
function blockTimeOf(chain: Chain): number {
  const { id, name, testnet = false, blockTime = 0 } = chain;
  return testnet || LOCAL_IDS.has(id) || isIdle(chain) || /local|dev/i.test(name) ? 0 : blockTime;
}
