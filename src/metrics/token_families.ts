import { isBelow } from "../plan/below_minimum.ts";
import type { NetworkPlan, WalletTokenPlan } from "../plan/plan.ts";
import { type AccountState, wasSuccessful } from "../poller/book.ts";
import { coinsOf } from "../poller/coins.ts";
import { type LineSource, writeBlocks } from "./blocks.ts";
import type { MetricType } from "./exposition.ts";
import type { NetworkView } from "./view.ts";
import { type Family, isStale, WALLET_LABELS } from "./wallet_family.ts";

/** A wallet's token with all that its samples are made of. */
interface Row {
  readonly own: WalletTokenPlan;
  readonly account: AccountState;
  /** None while they are not known. */
  readonly decimals: number | undefined;
  /** Whether its last good reading is too old to be shown. */
  readonly stale: boolean;
  /** Writes a line up to its value; with a label `level` if one is given. */
  readonly line: (level?: string) => string;
}

/** Reports whether a family's lines of a token are the same for two states of its account, but for their age. */
type Same = (account: AccountState, before: AccountState) => boolean;

const hasSameBalance: Same = ({ reading }, { reading: before }) => reading?.wei === before?.wei;

/** The families of ERC-20 tokens. */
export const TOKEN_FAMILIES: readonly Family[] = [
  tokenFamily(
    "wallet_token_balance",
    "gauge",
    "ERC-20 balance in whole tokens; the last good reading, withdrawn when it is too old.",
    ({ account: { reading }, decimals, stale, line }) =>
      reading === undefined || decimals === undefined || stale ? "" : `${line()}${coinsOf(reading.wei, decimals)}\n`,
    hasSameBalance,
  ),
  tokenFamily(
    "wallet_token_balance_below_minimum",
    "gauge",
    "1 when the balance is below the configured minimum, else 0; absent without a minimum.",
    ({ own: { thresholds: { minimum } }, account: { reading }, decimals, stale, line }) =>
      minimum === undefined || reading === undefined || decimals === undefined || stale
        ? ""
        : `${line()}${isBelow(reading.wei, minimum, decimals) ? 1 : 0}\n`,
    hasSameBalance,
  ),
  tokenFamily(
    "wallet_token_balance_threshold",
    "gauge",
    "A configured threshold in whole tokens.",
    ({ own: { thresholds }, line }) =>
      Object.entries(thresholds).map(([level, amount]) => `${line(level)}${Number(amount)}\n`).join(""),
    () => true,
    ["level"],
  ),
  tokenFamily(
    "wallet_token_balance_check_success",
    "gauge",
    "1 when the last check of the token succeeded, 0 when it failed; absent before the first.",
    ({ account, line }) => account.attempted ? `${line()}${wasSuccessful(account) ? 1 : 0}\n` : "",
    (account, before) => account.attempted === before.attempted && wasSuccessful(account) === wasSuccessful(before),
  ),
  tokenFamily(
    "wallet_token_balance_check_timestamp_seconds",
    "gauge",
    "Time of the last successful check of the token, in seconds since the Unix epoch.",
    ({ account: { reading }, line }) => reading === undefined ? "" : `${line()}${reading.at}\n`,
    ({ reading }, { reading: before }) => reading?.at === before?.at,
  ),
];

function tokenFamily(
  name: string,
  type: MetricType,
  help: string,
  write: (row: Row) => string,
  same: Same,
  more: readonly string[] = [],
): Family {
  const source: LineSource = {
    write: (network, index) => linesOf(name, network, index, write),
    isSame(network, before, index) {
      const { tokens = [] } = network.plan.wallets[index] ?? {};
      return tokens.every((own) => {
        const account = network.accounts[own.account];
        const other = before.accounts[own.account];
        if (account === undefined || other === undefined) return account === other;
        return isStale(account, network) === isStale(other, before) && (account === other || same(account, other));
      });
    },
  };
  const labels = [...WALLET_LABELS, "symbol", "token", ...more];
  return { name, type, help, labels, samples: (view, before) => writeBlocks(view, before, source) };
}

function linesOf(name: string, network: NetworkView, index: number, write: (row: Row) => string): string {
  const { plan, series, accounts, decimals } = network;
  const labels = series.wallets[index];
  const wallet = plan.wallets[index];
  if (labels === undefined || wallet === undefined || wallet.tokens.length === 0) return "";
  const { head, middle, tokens } = labels;
  return wallet.tokens.map((own, place) => {
    const account = accounts[own.account];
    if (account === undefined) return "";
    const line = (level?: string): string =>
      `${name}${head}${level === undefined ? "" : `,level="${level}"`}${middle}${tokens[place]}`;
    const stale = isStale(account, network);
    return write({ own, account, decimals: decimals.get(addressOf(plan, own)), stale, line });
  }).join("");
}

function addressOf({ tokens }: NetworkPlan, { token }: WalletTokenPlan): string {
  return tokens[token]?.address ?? "";
}
