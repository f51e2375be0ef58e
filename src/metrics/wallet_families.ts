import { isBelow } from "../plan/below_minimum.ts";
import { VERSION } from "../version.ts";
import { wasSuccessful } from "../poller/book.ts";
import { coinsOf } from "../poller/coins.ts";
import { writeLabels } from "./exposition.ts";
import { type Family, linesFamily, type Row, sampleFamily, WALLET_LABELS } from "./wallet_family.ts";

/** The families of wallets and, in the original's order, of the exporter as a whole. */
export const WALLET_FAMILIES: readonly Family[] = [
  sampleFamily({
    name: "wallet_balance_wei",
    type: "gauge",
    help: "Balance in wei; the last good reading, withdrawn when it is too old.",
  }, { fact: ({ reading }) => reading?.wei, show: Number, expires: true }),
  sampleFamily({
    name: "wallet_balance_eth",
    type: "gauge",
    help: "Balance in whole coins, whatever the chain's coin is: wei divided by 10 to the power of its decimals, " +
      "18 unless configured.",
  }, { fact: ({ reading }) => reading?.wei, show: coinsOf, expires: true }),
  linesFamily(
    {
      name: "wallet_balance_below_minimum",
      type: "gauge",
      help: "1 when the balance is below the configured minimum, else 0; 0 without a minimum.",
      labels: [...WALLET_LABELS, "min_balance_eth"],
    },
    belowMinimum,
    ({ reading }, { reading: before }, { minimums }) =>
      (reading === undefined) === (before === undefined) &&
      (reading === undefined || before === undefined ||
        minimums.every((minimum) => isBelow(reading.wei, minimum) === isBelow(before.wei, minimum))),
  ),
  sampleFamily({
    name: "wallet_balance_check_success",
    type: "gauge",
    help: "1 when the last check succeeded, 0 when it failed; absent before the first.",
  }, {
    fact: (account, { hasInvalidMinimum }) =>
      account.attempted ? Number(wasSuccessful(account) && !hasInvalidMinimum) : undefined,
    show: Number,
    rejected: 0,
  }),
  sampleFamily({
    name: "wallet_balance_check_timestamp",
    type: "gauge",
    help: "Time of the last successful check, in seconds since the Unix epoch.",
  }, { fact: ({ reading }, { hasInvalidMinimum }) => hasInvalidMinimum ? undefined : reading?.at, show: Number }),
  {
    name: "wallet_balance_exporter_up",
    type: "gauge",
    help: "Always 1 while the exporter runs.",
    labels: [],
    samples: ({ ofProcess }) => [`wallet_balance_exporter_up{${ofProcess}} 1\n`],
  },
  {
    name: "wallet_balance_exporter_last_check_timestamp",
    type: "gauge",
    help: "Time when every network had ended a cycle, in seconds since the Unix epoch: the oldest of their last ends.",
    labels: [],
    samples: ({ common, lastCheck }) =>
      lastCheck === undefined ? [] : [`wallet_balance_exporter_last_check_timestamp{${common}} ${lastCheck}\n`],
  },
  {
    name: "wallet_balance_exporter_info",
    type: "info",
    help: "The exporter's version.",
    labels: ["version"],
    samples: ({ common }) => [`wallet_balance_exporter_info{${common},${writeLabels([["version", VERSION]])}} 1\n`],
  },
  linesFamily(
    {
      name: "wallet_balance_threshold_eth",
      type: "gauge",
      help: "A configured threshold in whole coins.",
      labels: [...WALLET_LABELS, "level"],
    },
    thresholds,
    () => true,
  ),
  sampleFamily({
    name: "wallet_balance_spent_eth_total",
    type: "counter",
    help: "Sum of the falls seen between readings since start, in whole coins.",
  }, { fact: ({ reading, spent }) => reading && spent, show: coinsOf }),
  sampleFamily({
    name: "wallet_balance_received_eth_total",
    type: "counter",
    help: "Sum of the rises seen between readings since start, in whole coins.",
  }, { fact: ({ reading, received }) => reading && received, show: coinsOf }),
];

function belowMinimum({ wallet, series, account: { reading }, stale }: Row): string {
  if (reading === undefined || stale) return "";
  const { head, middle, tail, minimums } = series;
  return wallet.minimums.map((minimum, index) =>
    `wallet_balance_below_minimum${head}${middle}${minimums[index] ?? ""}${tail}${
      isBelow(reading.wei, minimum) ? 1 : 0
    }\n`
  ).join("");
}

/** In the order of the page. Looked up one by one: a list of each wallet's own would cost more than its lines. */
const LEVELS = ["minimum", "warning", "critical", "target"] as const;

function thresholds({ wallet, series: { head, middle, tail } }: Row): string {
  let lines = "";
  for (const level of LEVELS) {
    const threshold = wallet.thresholds[level];
    if (threshold === undefined) continue;
    lines += `wallet_balance_threshold_eth${head},level="${level}"${middle}${tail}${threshold.coins}\n`;
  }
  return lines;
}
