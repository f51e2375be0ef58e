import { VERSION } from "../version.ts";
import { type AccountState, wasSuccessful } from "../watch/book.ts";
import { coinsOf } from "../watch/coins.ts";
import type { FamilyHead } from "./exposition.ts";
import { writeLabels } from "./exposition.ts";
import type { NetworkView, View } from "./view.ts";
import type { WalletPlan } from "../plan.ts";
import type { WalletSeries } from "./wallet_series.ts";

/** A family whose samples are made from a view. */
export interface Family extends FamilyHead {
  /** The samples, a line each, without the family's name. */
  samples(view: View): Iterable<string>;
}

/** A wallet with all that its samples are made of. */
interface Row {
  readonly wallet: WalletPlan;
  readonly series: WalletSeries;
  readonly account: AccountState;
  readonly tail: string;
  /** Whether its last good reading is too old to be shown. */
  readonly stale: boolean;
}

/** The families of wallets and, in the original's order, of the exporter as a whole. */
export const WALLET_FAMILIES: readonly Family[] = [
  {
    name: "wallet_balance_wei",
    type: "gauge",
    help: "Balance in wei; the last good reading, withdrawn when it is too old.",
    samples: perWallet(function* ({ series, account: { reading }, tail, stale }) {
      if (reading !== undefined && !stale) yield `${series.head}${tail}${Number(reading.wei)}\n`;
    }),
  },
  {
    name: "wallet_balance_eth",
    type: "gauge",
    help: "Balance in whole coins (wei / 10^18), whatever the chain's coin is.",
    samples: perWallet(function* ({ series, account: { reading }, tail, stale }) {
      if (reading !== undefined && !stale) yield `${series.head}${tail}${coinsOf(reading.wei)}\n`;
    }),
  },
  {
    name: "wallet_balance_below_minimum",
    type: "gauge",
    help: "1 when the balance is below the configured minimum, else 0; 0 without a minimum.",
    samples: perWallet(function* ({ wallet, series, account: { reading }, tail, stale }) {
      if (reading === undefined || stale) return;
      for (const [index, { belowWei }] of wallet.minimums.entries()) {
        const below = belowWei !== undefined && reading.wei < belowWei;
        yield `${series.head}${series.minimums[index] ?? ""}${tail}${below ? 1 : 0}\n`;
      }
    }),
  },
  {
    name: "wallet_balance_check_success",
    type: "gauge",
    help: "1 when the last check succeeded, 0 when it failed; absent before the first.",
    *samples(view) {
      for (const { wallet, series, account, tail } of rows(view)) {
        if (account.attempted) yield `${series.head}${tail}${wasSuccessful(account) && !wallet.spoilt ? 1 : 0}\n`;
      }
      for (const { series } of view.networks) {
        for (const head of series.setAside) yield `${head}${series.tail}0\n`;
      }
    },
  },
  {
    name: "wallet_balance_check_timestamp",
    type: "gauge",
    help: "Time of the last successful check, in seconds since the Unix epoch.",
    samples: perWallet(function* ({ wallet, series, account: { reading }, tail }) {
      if (reading !== undefined && !wallet.spoilt) yield `${series.head}${tail}${reading.at}\n`;
    }),
  },
  {
    name: "wallet_balance_exporter_up",
    type: "gauge",
    help: "Always 1 while the exporter runs.",
    samples: ({ common }) => [`{${common}} 1\n`],
  },
  {
    name: "wallet_balance_exporter_last_check_timestamp",
    type: "gauge",
    help: "Time when every network had ended a cycle, in seconds since the Unix epoch: the oldest of their last ends.",
    samples: ({ common, lastCheck }) => lastCheck === undefined ? [] : [`{${common}} ${lastCheck}\n`],
  },
  {
    name: "wallet_balance_exporter_info",
    type: "info",
    help: "The exporter's version.",
    samples: ({ common }) => [`{${common},${writeLabels([["version", VERSION]])}} 1\n`],
  },
  {
    name: "wallet_balance_threshold_eth",
    type: "gauge",
    help: "A configured threshold in whole coins.",
    samples: perWallet(function* ({ wallet, series, tail }) {
      const coins = wallet.minimums.flatMap(({ coins }) => coins ?? []);
      // One series a level: of several minimums of one wallet, the strictest.
      if (coins.length > 0) yield `${series.head},level="minimum"${tail}${Math.max(...coins)}\n`;
    }),
  },
  {
    name: "wallet_balance_spent_eth_total",
    type: "counter",
    help: "Sum of the falls seen between readings since start, in whole coins.",
    samples: perWallet(function* ({ series, account: { reading, spent }, tail }) {
      if (reading !== undefined) yield `${series.head}${tail}${coinsOf(spent)}\n`;
    }),
  },
  {
    name: "wallet_balance_received_eth_total",
    type: "counter",
    help: "Sum of the rises seen between readings since start, in whole coins.",
    samples: perWallet(function* ({ series, account: { reading, received }, tail }) {
      if (reading !== undefined) yield `${series.head}${tail}${coinsOf(received)}\n`;
    }),
  },
];

function perWallet(lines: (row: Row) => Iterable<string>): Family["samples"] {
  return function* (view) {
    for (const row of rows(view)) yield* lines(row);
  };
}

function* rows({ networks }: View): Iterable<Row> {
  for (const network of networks) yield* rowsOf(network);
}

function* rowsOf({ plan, series, accounts, oldest }: NetworkView): Iterable<Row> {
  for (const [index, wallet] of plan.wallets.entries()) {
    const account = accounts[wallet.account];
    const own = series.wallets[index];
    if (account === undefined || own === undefined) continue;
    const stale = account.reading !== undefined && account.reading.readAt < oldest;
    yield { wallet, series: own, account, tail: series.tail, stale };
  }
}
