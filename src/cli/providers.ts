import type { CycleCost } from "../evm/strategies/cycle_cost.ts";

/** What a provider bills, as far as it publishes it. */
export interface Provider {
  readonly name: string;
  /** Its hosts end in this. */
  readonly host: string;
  /** What it calls its units. */
  readonly unit: string;
  /** Units of a call whose method is not listed. */
  readonly price: number;
  readonly prices: Readonly<Record<string, number>>;
  /** Units of a batch, besides those of its calls. */
  readonly batch: number;
  /** Units that its free plan has a day; none when that is not published. */
  readonly free: number | undefined;
}

/** When the table was written: providers change their prices. */
export const PROVIDERS_AS_OF = "August 2026";

const DAYS_A_MONTH = 30;

/** Known providers, from their own price lists. */
export const PROVIDERS: readonly Provider[] = [
  {
    name: "Alchemy",
    host: "alchemy.com",
    unit: "CU",
    price: 20,
    prices: { eth_chainId: 0, eth_getBlockByNumber: 20, eth_getBalance: 20, eth_call: 26 },
    batch: 0,
    free: 30_000_000 / DAYS_A_MONTH,
  },
  { name: "Infura", host: "infura.io", unit: "credits", price: 80, prices: {}, batch: 80, free: 3_000_000 },
  { name: "QuickNode", host: "quiknode.pro", unit: "credits", price: 20, prices: {}, batch: 0, free: undefined },
  { name: "Ankr", host: "ankr.com", unit: "credits", price: 200, prices: {}, batch: 0, free: undefined },
  { name: "dRPC", host: "drpc.org", unit: "CU", price: 20, prices: {}, batch: 0, free: 210_000_000 / DAYS_A_MONTH },
  {
    name: "Tenderly",
    host: "tenderly.co",
    unit: "TU",
    price: 1,
    prices: { eth_call: 4 },
    batch: 0,
    free: undefined,
  },
];

/**
 * Finds the provider of an endpoint.
 *
 * @param endpoint its name: a host, maybe with a port
 */
export function providerOf(endpoint: string): Provider | undefined {
  const host = endpoint.replace(/:\d+$/, "");
  return PROVIDERS.find((provider) => host === provider.host || host.endsWith(`.${provider.host}`));
}

/**
 * Computes what a provider bills for a cycle.
 *
 * @param provider whose prices
 * @param cost what the cycle asks for
 * @returns its units
 */
export function unitsOf({ price, prices, batch }: Provider, { calls, batches }: CycleCost): number {
  return [...calls].reduce((sum, [method, count]) => sum + count * (prices[method] ?? price), batch * batches);
}
