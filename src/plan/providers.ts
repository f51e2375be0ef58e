/** The published prices of a provider. */
export interface Provider {
  readonly name: string;
  /** The suffix of its hosts. */
  readonly host: string;
  /** The name of its billing unit. */
  readonly unit: string;
  /** Units per call of a method that `prices` does not list. */
  readonly price: number;
  readonly prices?: Readonly<Record<string, number>>;
  /** Units per batch, in addition to those of its calls. @default {0} */
  readonly batch?: number;
  /** Units per day of its free plan, if published. */
  readonly freePerDay?: number;
}

/** The date of the table: providers change their prices. */
export const PROVIDERS_AS_OF = "August 2026";

const DAYS_PER_MONTH = 30;

/** From the price lists of the providers. */
export const PROVIDERS: readonly Provider[] = [
  {
    name: "Alchemy",
    host: "alchemy.com",
    unit: "CU",
    price: 20,
    prices: { eth_chainId: 0, eth_getBlockByNumber: 20, eth_getBalance: 20, eth_call: 26 },
    freePerDay: 30_000_000 / DAYS_PER_MONTH,
  },
  { name: "Infura", host: "infura.io", unit: "credits", price: 80, batch: 80, freePerDay: 3_000_000 },
  { name: "QuickNode", host: "quiknode.pro", unit: "credits", price: 20 },
  { name: "Ankr", host: "ankr.com", unit: "credits", price: 200 },
  { name: "dRPC", host: "drpc.org", unit: "CU", price: 20, freePerDay: 210_000_000 / DAYS_PER_MONTH },
  { name: "Tenderly", host: "tenderly.co", unit: "TU", price: 1, prices: { eth_call: 4 } },
];

/**
 * Finds the provider of an endpoint.
 *
 * @param endpoint a host, with or without a port
 */
export function providerOf(endpoint: string): Provider | undefined {
  const host = endpoint.replace(/:\d+$/, "");
  return PROVIDERS.find((provider) => host === provider.host || host.endsWith(`.${provider.host}`));
}

/** What providers bill. */
export interface Billed {
  /** By method. */
  readonly calls: ReadonlyMap<string, number>;
  readonly batches: number;
}

/** Computes the units that a provider bills for requests. */
export function unitsOf({ price, prices = {}, batch = 0 }: Provider, { calls, batches }: Billed): number {
  return [...calls].reduce((sum, [method, count]) => sum + count * (prices[method] ?? price), batch * batches);
}
