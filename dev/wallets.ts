import { parseEther } from "viem/utils";

/** A wallet of the local stack, and its payments. Amounts are in coins. */
export interface DevWallet {
  readonly label: string;
  /** Index among the node's unlocked accounts. */
  readonly account: number;
  readonly start: number;
  readonly minimum?: number;
  /** Pays about this amount at this interval. */
  readonly spend?: { readonly coins: number; readonly everySeconds: number };
  /** When its balance is less than `below`, `from` tops it up to `to`. */
  readonly topUp?: {
    readonly from: string;
    readonly below: number;
    readonly to: number;
  };
  /** What to expect on the status page. */
  readonly story: string;
}

/** A chain of the local stack. */
export interface DevNetwork {
  readonly chainId: number;
  /** Preferred port. */
  readonly port: number;
  /** Whether its node stops answering for a minute every few minutes; not on Windows, which cannot pause a process. */
  readonly hasOutages?: boolean;
  readonly wallets: readonly DevWallet[];
}

/** Receives all payments and pays the treasury, so that coins circulate. Not monitored. */
export const world: DevWallet = {
  label: "world",
  account: 9,
  start: 1_000_000,
  story: "everybody else",
};

const treasury: DevWallet = {
  label: "treasury",
  account: 4,
  start: 60,
  minimum: 10,
  topUp: { from: "world", below: 30, to: 60 },
  story: "pays the top-ups; receives a deposit when it holds less than 30",
};

const coldStorage: DevWallet = {
  label: "cold storage",
  account: 5,
  start: 25_000,
  story: "never moves and has no minimum",
};

/** The two chains that `deno task dev` runs. */
export const networks: readonly DevNetwork[] = [
  {
    chainId: 31337,
    port: 8545,
    wallets: [
      {
        label: "batcher",
        account: 0,
        start: 3,
        minimum: 1,
        spend: { coins: 0.05, everySeconds: 3 },
        topUp: { from: "treasury", below: 1.4, to: 4 },
        story: "spends all the time, topped up in time (a saw-tooth)",
      },
      {
        label: "proposer",
        account: 1,
        start: 12,
        minimum: 5,
        spend: { coins: 0.2, everySeconds: 10 },
        topUp: { from: "treasury", below: 6, to: 15 },
        story: "spends larger amounts, less often",
      },
      {
        label: "relayer",
        account: 2,
        start: 1.1,
        minimum: 1,
        spend: { coins: 0.02, everySeconds: 4 },
        topUp: { from: "treasury", below: 0.3, to: 1.2 },
        story: "falls below its minimum within a minute, topped up late",
      },
      {
        label: "aggregator",
        account: 3,
        start: 0.4,
        minimum: 2,
        story: "below its minimum from the start, never topped up",
      },
      treasury,
      coldStorage,
    ],
  },
  {
    chainId: 1337,
    port: 8546,
    hasOutages: Deno.build.os !== "windows",
    wallets: [
      {
        label: "sequencer",
        account: 6,
        start: 5,
        minimum: 2,
        spend: { coins: 0.08, everySeconds: 2 },
        topUp: { from: "treasury", below: 2.5, to: 8 },
        story: "spends quickly, topped up in time",
      },
      {
        label: "prover",
        account: 7,
        start: 24,
        minimum: 10,
        spend: { coins: 0.8, everySeconds: 20 },
        topUp: { from: "treasury", below: 12, to: 24 },
        story: "pays a large amount now and then",
      },
      {
        label: "claimer",
        account: 8,
        start: 0.6,
        minimum: 0.5,
        spend: { coins: 0.01, everySeconds: 5 },
        topUp: { from: "treasury", below: 0.2, to: 0.7 },
        story: "falls below its minimum after a minute, topped up late",
      },
      treasury,
      coldStorage,
    ],
  },
];

/** Converts coins to wei, with nine decimals: enough for all amounts here. */
export function toWei(coins: number): bigint {
  return parseEther(coins.toFixed(9));
}
