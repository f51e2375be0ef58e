import type { WalletPlan } from "../plan.ts";
import { VERSION } from "../version.ts";
import { type AccountState, wasSuccessful } from "../watch/book.ts";
import { coinsOf } from "../watch/coins.ts";
import { type FamilyHead, type MetricType, writeLabels } from "./exposition.ts";
import type { View } from "./view.ts";
import type { WalletSeries } from "./wallet_series.ts";

/** A family whose samples are made from a view. */
export interface Family extends FamilyHead {
  /** The samples: whole lines, some hundreds at a time, so that a long family can be interrupted. */
  samples(view: View): Iterable<string>;
}

/** Lines in one go: about a tenth of a millisecond. */
const PIECE = 256;

/** A wallet with all that its samples are made of. */
interface Row {
  readonly wallet: WalletPlan;
  readonly series: WalletSeries;
  readonly account: AccountState;
  /** Of the network's coin. */
  readonly decimals: number;
  /** The family's name. */
  readonly name: string;
  /** A whole line up to its value. */
  readonly line: string;
  /** Whether its last good reading is too old to be shown. */
  readonly stale: boolean;
}

/** The families of wallets and, in the original's order, of the exporter as a whole. */
export const WALLET_FAMILIES: readonly Family[] = [
  walletFamily(
    "wallet_balance_wei",
    "gauge",
    "Balance in wei; the last good reading, withdrawn when it is too old.",
    ({ line, account: { reading }, stale }) => reading === undefined || stale ? "" : `${line}${Number(reading.wei)}\n`,
  ),
  walletFamily(
    "wallet_balance_eth",
    "gauge",
    "Balance in whole coins (wei / 10^18), whatever the chain's coin is.",
    ({ line, account: { reading }, decimals, stale }) =>
      reading === undefined || stale ? "" : `${line}${coinsOf(reading.wei, decimals)}\n`,
  ),
  walletFamily(
    "wallet_balance_below_minimum",
    "gauge",
    "1 when the balance is below the configured minimum, else 0; 0 without a minimum.",
    belowMinimum,
  ),
  walletFamily(
    "wallet_balance_check_success",
    "gauge",
    "1 when the last check succeeded, 0 when it failed; absent before the first.",
    ({ wallet, line, account }) =>
      account.attempted ? `${line}${wasSuccessful(account) && !wallet.spoilt ? 1 : 0}\n` : "",
    "0\n",
  ),
  walletFamily(
    "wallet_balance_check_timestamp",
    "gauge",
    "Time of the last successful check, in seconds since the Unix epoch.",
    ({ wallet, line, account: { reading } }) => reading === undefined || wallet.spoilt ? "" : `${line}${reading.at}\n`,
  ),
  {
    name: "wallet_balance_exporter_up",
    type: "gauge",
    help: "Always 1 while the exporter runs.",
    samples: ({ ofProcess }) => [`wallet_balance_exporter_up{${ofProcess}} 1\n`],
  },
  {
    name: "wallet_balance_exporter_last_check_timestamp",
    type: "gauge",
    help: "Time when every network had ended a cycle, in seconds since the Unix epoch: the oldest of their last ends.",
    samples: ({ common, lastCheck }) =>
      lastCheck === undefined ? [] : [`wallet_balance_exporter_last_check_timestamp{${common}} ${lastCheck}\n`],
  },
  {
    name: "wallet_balance_exporter_info",
    type: "info",
    help: "The exporter's version.",
    samples: ({ common }) => [`wallet_balance_exporter_info{${common},${writeLabels([["version", VERSION]])}} 1\n`],
  },
  walletFamily("wallet_balance_threshold_eth", "gauge", "A configured threshold in whole coins.", thresholds),
  walletFamily(
    "wallet_balance_spent_eth_total",
    "counter",
    "Sum of the falls seen between readings since start, in whole coins.",
    ({ line, account: { reading, spent }, decimals }) =>
      reading === undefined ? "" : `${line}${coinsOf(spent, decimals)}\n`,
  ),
  walletFamily(
    "wallet_balance_received_eth_total",
    "counter",
    "Sum of the rises seen between readings since start, in whole coins.",
    ({ line, account: { reading, received }, decimals }) =>
      reading === undefined ? "" : `${line}${coinsOf(received, decimals)}\n`,
  ),
];

/**
 * Makes a family with samples for wallets.
 *
 * @param write what a wallet has, a line for each sample; empty for none
 * @param setAside the value of entries set aside, and the end of their line; none when they have no sample
 */
function walletFamily(
  name: string,
  type: MetricType,
  help: string,
  write: (row: Row) => string,
  setAside?: string,
): Family {
  return {
    name,
    type,
    help,
    *samples({ networks }) {
      let text = "";
      let count = 0;
      for (const network of networks) {
        if (!network.hasCoin) continue;
        const { plan, series: { wallets }, accounts, oldest } = network;
        for (const [index, wallet] of plan.wallets.entries()) {
          const account = accounts[wallet.account];
          const series = wallets[index];
          if (account === undefined || series === undefined) continue;
          const stale = account.reading !== undefined && account.reading.readAt < oldest;
          const line = name + series.head + series.middle + series.tail;
          text += write({ wallet, series, account, decimals: plan.decimals, name, line, stale });
          if (++count % PIECE !== 0) continue;
          yield text;
          text = "";
        }
      }
      if (text !== "") yield text;
      if (setAside === undefined) return;
      for (const { series: { setAside: lines } } of networks) {
        for (let first = 0; first < lines.length; first += PIECE) {
          yield lines.slice(first, first + PIECE).map((line) => name + line + setAside).join("");
        }
      }
    },
  };
}

function belowMinimum({ name, wallet, series, account: { reading }, stale }: Row): string {
  if (reading === undefined || stale) return "";
  const { head, middle, tail, minimums } = series;
  return wallet.minimums.map(({ belowWei }, index) => {
    const below = belowWei !== undefined && reading.wei < belowWei;
    return `${name}${head}${middle}${minimums[index] ?? ""}${tail}${below ? 1 : 0}\n`;
  }).join("");
}

/** In the order of the page. Looked up one by one: a list of each wallet's own would cost more than its lines. */
const LEVELS = ["minimum", "warning", "critical", "target"] as const;

function thresholds({ name, wallet, series: { head, middle, tail } }: Row): string {
  let lines = "";
  for (const level of LEVELS) {
    const threshold = wallet.thresholds[level];
    if (threshold !== undefined) lines += `${name}${head},level="${level}"${middle}${tail}${threshold.coins}\n`;
  }
  return lines;
}
