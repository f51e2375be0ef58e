import type { AssetKeys, AssetKind } from "../../assets/asset_kind.ts";
import { isBelow } from "../../plan/limits.ts";
import { muteEnd } from "../../plan/mutes.ts";
import type { Level, WalletPlan } from "../../plan/plan.ts";
import type { Window } from "../../poller/history.ts";
import { wasSuccessful } from "../../poller/state.ts";
import { toUnits } from "../../poller/units.ts";
import { type Fact, type Family, type MetricType, samplesOf, type SeriesRule, type Variant } from "../model/family.ts";
import { labelsOf, TOKEN_LABELS, WALLET_LABELS } from "../model/series.ts";

/** What coins and tokens have in common. */
type Rule<F extends Fact = number, V = undefined> =
  & Pick<SeriesRule<F, V>, "fact">
  & Partial<Pick<SeriesRule<F, V>, "isOf" | "value" | "expires" | "variant" | "isFixed" | "rejected">>;

const BALANCE: Rule<bigint> = {
  expires: true,
  fact: ({ reading }, _series, decimals) => decimals === undefined ? undefined : reading?.amount,
  value: toUnits,
};

const SPENT: Rule<bigint> = {
  fact: ({ reading, spent }, _series, decimals) => decimals === undefined ? undefined : reading && spent,
  value: toUnits,
};

const RECEIVED: Rule<bigint> = {
  fact: ({ reading, received }, _series, decimals) => decimals === undefined ? undefined : reading && received,
  value: toUnits,
};

const WINDOW_NAMES: Readonly<Record<Window, string>> = { hour: "1h", day: "24h" };
const BOTH_WINDOWS: readonly Window[] = ["hour", "day"];

const OUTFLOW: Rule<number, Window> = {
  isOf: ({ outflow }) => outflow === true,
  expires: true,
  variant: { label: "window", valuesOf: () => BOTH_WINDOWS, textOf: (window) => WINDOW_NAMES[window] },
  fact: ({ reading, outflow }, _series, decimals, window) =>
    reading === undefined || decimals === undefined ? undefined : outflow?.[window],
  // The history has seven digits.
  value: (perSecond, decimals) => Number((perSecond / 10 ** decimals).toPrecision(7)),
};

const OUTFLOW_HELP = "per second, by the decreases of the last hour or day without the largest; with outflow or " +
  "backfill in the configuration, absent while too little is known.";

const SUCCESS: Rule = {
  fact: (account, { wallet, token }) =>
    account.attempted
      ? Number(wasSuccessful(account) && (token !== undefined || !wallet.hasInvalidMinimum))
      : undefined,
};

const TIMESTAMP: Rule = {
  fact: ({ reading }, { wallet, token }) => token === undefined && wallet.hasInvalidMinimum ? undefined : reading?.at,
};

const ALL_LEVELS: readonly Level[] = ["minimum", "warning", "critical", "target", "maximum"];

const LEVELS: Variant<Level> = { label: "level", valuesOf: () => ALL_LEVELS, textOf: String };

const THRESHOLD: Rule<number, Level> = {
  variant: LEVELS,
  isFixed: true,
  fact(_account, { wallet, token }, _decimals, level) {
    const threshold = (token ?? wallet).thresholds[level];
    return typeof threshold === "string" ? Number(threshold) : threshold?.coins;
  },
};

/** A wallet has a series for each of its minimums. */
const MINIMUMS: Variant<WalletPlan["minimums"][number]> = {
  label: "min_balance_eth",
  valuesOf: ({ wallet }) => wallet.minimums,
  textOf: ({ label }) => label,
};

/** The families of coins; those of the original have its names. */
export const COIN_FAMILIES: readonly Family[] = [
  walletFamily("native", "wallet_balance_wei", "Balance in wei: the last good reading; absent once it is too old.", {
    ...BALANCE,
    value: Number,
  }),
  walletFamily(
    "native",
    "wallet_balance_eth",
    "Balance in whole coins of the chain: wei divided by 10 to the power of its decimals, 18 unless configured.",
    BALANCE,
  ),
  walletFamily(
    "native",
    "wallet_balance_below_minimum",
    "1 when the balance is below the configured minimum, else 0; 0 without a minimum.",
    {
      expires: true,
      variant: MINIMUMS,
      fact: ({ reading }, _series, _decimals, minimum) => reading && Number(isBelow(reading.amount, minimum)),
    },
  ),
  walletFamily(
    "native",
    "wallet_balance_check_success",
    "1 when the last read of the balance succeeded, 0 when it failed; absent before the first read.",
    { ...SUCCESS, rejected: 0 },
  ),
  walletFamily(
    "native",
    "wallet_balance_check_timestamp",
    "Time of the last successful read of the balance, in seconds since the Unix epoch.",
    TIMESTAMP,
  ),
  walletFamily("native", "wallet_balance_threshold_eth", "Configured threshold in whole coins.", THRESHOLD),
  walletFamily(
    "native",
    "wallet_balance_spent_eth_total",
    "Sum of all decreases between readings since the exporter started, in whole coins.",
    SPENT,
    "counter",
  ),
  walletFamily(
    "native",
    "wallet_balance_received_eth_total",
    "Sum of all increases between readings since the exporter started, in whole coins.",
    RECEIVED,
    "counter",
  ),
  walletFamily(
    "native",
    "wallet_balance_outflow_eth_per_second",
    `How fast the balance decreases, in whole coins ${OUTFLOW_HELP}`,
    OUTFLOW,
  ),
];

/** The families of ERC-20 tokens. */
export const TOKEN_FAMILIES: readonly Family[] = [
  walletFamily(
    "erc20",
    "wallet_token_balance",
    "Balance of a token, deposit or view in whole units: the last good reading; absent once it is too old.",
    BALANCE,
  ),
  walletFamily(
    "erc20",
    "wallet_token_balance_below_minimum",
    "1 when the token balance is below the configured minimum, else 0; absent without a minimum.",
    {
      expires: true,
      fact({ reading }, { token }, decimals) {
        const minimum = token?.thresholds.minimum;
        if (minimum === undefined || reading === undefined || decimals === undefined) return undefined;
        return Number(isBelow(reading.amount, minimum, decimals));
      },
    },
  ),
  walletFamily("erc20", "wallet_token_balance_threshold", "Configured threshold in whole tokens.", THRESHOLD),
  walletFamily(
    "erc20",
    "wallet_token_balance_check_success",
    "1 when the last read of the token balance succeeded, 0 when it failed; absent before the first read.",
    SUCCESS,
  ),
  walletFamily(
    "erc20",
    "wallet_token_balance_check_timestamp_seconds",
    "Time of the last successful read of the token balance, in seconds since the Unix epoch.",
    TIMESTAMP,
  ),
  walletFamily(
    "erc20",
    "wallet_token_balance_spent_total",
    "Sum of all decreases of the token balance between readings since the exporter started, in whole tokens.",
    SPENT,
    "counter",
  ),
  walletFamily(
    "erc20",
    "wallet_token_balance_received_total",
    "Sum of all increases of the token balance between readings since the exporter started, in whole tokens.",
    RECEIVED,
    "counter",
  ),
  walletFamily(
    "erc20",
    "wallet_token_balance_outflow_per_second",
    `How fast the token balance decreases, in whole tokens ${OUTFLOW_HELP}`,
    OUTFLOW,
  ),
];

/** Few wallets are muted: those alone have a sample. */
export const MUTED_FAMILY: Family = {
  name: "wallet_balance_muted",
  type: "gauge",
  help: "1 while the configuration mutes the wallet, which then has no alerts; no sample otherwise.",
  labels: [...WALLET_LABELS, "muted_until"],
  *samples({ networks }) {
    for (const { plan, muted } of networks) {
      for (const wallet of muted) {
        const { mute } = wallet;
        const labels = labelsOf(plan, { wallet, token: undefined });
        if (mute !== undefined) yield { labels: [...labels, ["muted_until", muteEnd(mute)]], value: 1 };
      }
    }
  },
};

/** Makes the families of a kind of value. */
export function valueFamilies({ kind, families }: AssetKind): readonly Family[] {
  return families.map((family) => {
    const { name, type, help, isCoin = false, variant } = family;
    const rule: Rule<Fact, string> = {
      fact: (account, { wallet: { keys = NO_KEYS } }, _decimals, value = "") => family.value(account, keys, value),
      value: (fact, decimals) => isCoin ? toUnits(BigInt(fact), decimals) : Number(fact),
      ...variant && { variant: { label: variant.label, valuesOf: () => variant.values, textOf: String } },
    };
    return walletFamily(kind, name, help, rule, type);
  });
}

const NO_KEYS: AssetKeys = {};

/**
 * Makes a family of series.
 *
 * @param kind of the asset
 */
export function walletFamily<F extends Fact, V>(
  kind: string,
  name: string,
  help: string,
  { isOf, expires = false, variant, isFixed = false, fact, value = Number, rejected }: Rule<F, V>,
  type: MetricType = "gauge",
): Family {
  // All rules are of one shape, which makes them fast to read.
  const rule: SeriesRule<F, V> = { kind, isOf, expires, variant, isFixed, fact, value, rejected };
  const labels = [...kind === "erc20" ? TOKEN_LABELS : WALLET_LABELS, ...variant ? [variant.label] : []];
  return { name, type, help, labels, rule, samples: (snapshot) => samplesOf(rule, snapshot) };
}
