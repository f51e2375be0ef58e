import { hasCoin } from "../evm/chains/chain_facts.ts";
import { type Label, labelsOf, rejectedLabels } from "../metrics/model/series.ts";
import { isBelow } from "../plan/limits.ts";
import type { Level, NetworkPlan, WalletPlan, WalletTokenPlan } from "../plan/plan.ts";
import type { NetworkState } from "../poller/state.ts";
import { toUnits } from "../poller/units.ts";
import { isUsableInRules } from "../rules/render_rules.ts";
import { isOfWallet, NEVER_MUTED, type WalletCondition } from "../status/conditions.ts";
import { type Condition, HoldingStatus } from "../status/holding_status.ts";
import { isCoinRead, unreadValues } from "../status/value_status.ts";
import { walletStatuses } from "../status/wallet_status.ts";
import { ALERT_TEXTS } from "./annotations.ts";
import type { Finding, FindingsSource } from "./finding.ts";
import type { PostedAlert } from "./posted_alerts.ts";

/** The alerts of a coin, with those of its wallet, and of a token; the rules have fewer for tokens. */
const OF_CONDITION: Readonly<Record<Condition, readonly (PostedAlert | undefined)[]>> = {
  delegated: ["WalletDelegated"],
  stuck: ["WalletTransactionsStuck"],
  silent: ["WalletSilent"],
  few_transactions: ["WalletTransactionsFewLeft"],
  critical: ["WalletBalanceCriticallyLow", "WalletTokenBalanceCriticallyLow"],
  minimum: ["WalletBalanceBelowMinimum", "WalletTokenBalanceBelowMinimum"],
  warning: ["WalletBalanceBelowWarning", "WalletTokenBalanceBelowWarning"],
  above_maximum: ["WalletBalanceAboveMaximum", "WalletTokenBalanceAboveMaximum"],
  depleting_fast: ["WalletBalanceDepletingFast", "WalletTokenBalanceDepletingFast"],
  depleting_soon: ["WalletBalanceDepletingSoon", "WalletTokenBalanceDepletingSoon"],
  stale: ["WalletBalanceStale", undefined],
  unreadable: ["WalletBalanceCheckFailing", undefined],
  values_unreadable: [],
};

/** Lists what holds of the wallets of a network, with a pause after each wallet. */
export function* walletFindings(
  network: NetworkState,
  source: FindingsSource,
  isUnreachable: boolean,
): Iterable<Finding | undefined> {
  const { plan, chainId = plan.chainId } = network;
  const failed = createFailureCounts(plan);
  for (const { wallet, holdings, mute } of walletStatuses(network, source)) {
    for (const holding of holdings) {
      if (mute !== undefined) {
        yield* mutedFindings(network, holding);
        continue;
      }
      yield* holdingFindings(network, holding, source, isUnreachable);
      if (holding.shown.includes("values_unreadable")) {
        for (const { kind } of unreadValues(holding)) failed.count("WalletCheckFailing", [["kind", kind]]);
      }
      const { token, account } = holding;
      if (token === undefined || account.failure === undefined) continue;
      if (hasCoin(chainId) && isCoinRead(network, wallet) === false) continue;
      const { address, symbol } = token.token;
      failed.count("WalletTokenBalanceCheckFailing", [["symbol", symbol], ["token", address]]);
    }
    yield undefined;
  }
  yield* failed.findings();
  if (isUnreachable) return;
  for (const entry of plan.rejected) {
    yield {
      alert: "WalletBalanceCheckFailing",
      labels: rejectedLabels(plan, entry).filter(isInRules),
      value: 0,
      network: plan.id,
    };
  }
}

/** How many wallets of a network something cannot be read of: one alert stands for all of them. */
function createFailureCounts({ id, networkLabel }: NetworkPlan): {
  readonly count: (alert: PostedAlert, labels: readonly Label[]) => void;
  readonly findings: () => Iterable<Finding>;
} {
  const found = new Map<string, Finding>();
  return {
    count(alert, own) {
      const key = [alert, ...own].join();
      const labels: readonly Label[] = [["network", networkLabel], ...own];
      found.set(key, { alert, labels, value: 1 + (found.get(key)?.value ?? 0), network: id });
    },
    findings: () => found.values(),
  };
}

function* mutedFindings(network: NetworkState, holding: HoldingStatus): Iterable<Finding> {
  for (const condition of holding.shown) {
    const [alert] = NEVER_MUTED.has(condition) ? OF_CONDITION[condition] : [];
    if (alert !== undefined) yield { ...findingOf(network, holding, undefined), alert, value: 1 };
  }
}

/** The rules have no other labels of the configuration. */
function isInRules([name]: Label): boolean {
  return name === "cluster" || isUsableInRules(name);
}

function* holdingFindings(
  network: NetworkState,
  holding: HoldingStatus,
  source: FindingsSource,
  isUnreachable: boolean,
): Iterable<Finding> {
  // Most of 10,000 wallets have no condition: for them nothing else is computed.
  if (holding.condition === undefined && holding.isIdle) return;
  const { wallet, token, account: { reading }, decimals } = holding;
  const emptied = token === undefined ? "WalletBalanceEmptied" : "WalletTokenBalanceEmptied";
  // What a wallet lost while it was muted is no alert afterwards.
  const isJudged = wallet.mute === undefined || source.clock.epoch() >= wallet.mute.until + 3600;
  const isEmptied = holding.isEmptied(ALERT_TEXTS[emptied].threshold ?? NaN) && isJudged;
  if (holding.condition === undefined && !isEmptied) return;
  const common = findingOf(network, holding, token);
  const { staleAfter, clock } = source;
  const isShown = reading !== undefined && decimals !== undefined &&
    (staleAfter === 0 || clock.now() - reading.readAt <= staleAfter);
  if (isEmptied && isShown) yield { ...common, alert: emptied };
  for (const condition of holding.conditions(source)) {
    const ofWallet = isOfWallet(condition);
    const alert = OF_CONDITION[condition][token === undefined || ofWallet ? 0 : 1];
    if (alert === undefined) continue;
    if (ofWallet) {
      yield {
        ...findingOf(network, holding, undefined),
        alert,
        value: valueOfWallet(condition, holding, clock.epoch()),
      };
    } else if (condition === "unreadable") {
      if (!isUnreachable) yield { ...common, alert, value: 0 };
    } else if (condition === "stale") {
      // With an invalid minimum its timestamp has no series.
      if (reading !== undefined && !wallet.hasInvalidMinimum) {
        yield { ...common, alert, value: clock.epoch() - reading.at };
      }
    } else if (!isShown) {
      continue;
    } else if (condition === "minimum" && token === undefined) {
      for (const minimum of wallet.minimums.filter((each) => isBelow(reading.amount, each))) {
        yield { ...common, alert, labels: [...common.labels, ["min_balance_eth", minimum.label]] };
      }
    } else if (condition === "depleting_fast" || condition === "depleting_soon") {
      const { fast, soon } = holding.depletion;
      const seconds = condition === "depleting_fast" ? fast : soon;
      yield { ...common, alert, value: seconds ?? NaN, balance: common.value };
    } else {
      yield { ...common, alert, level: levelOf(condition, alert, (token ?? wallet).thresholds) };
    }
  }
}

/** The level that a balance is below or above, in whole coins or tokens. */
function levelOf(
  condition: Condition,
  alert: PostedAlert,
  thresholds: WalletPlan["thresholds"] | WalletTokenPlan["thresholds"],
): number | undefined {
  const coinsOf = (level: Level): number | undefined => {
    const threshold = thresholds[level];
    return typeof threshold === "string" ? Number(threshold) : threshold?.coins;
  };
  switch (condition) {
    case "critical":
      return coinsOf("critical") ?? (ALERT_TEXTS[alert].threshold ?? NaN) * (coinsOf("minimum") ?? NaN);
    case "above_maximum":
      return coinsOf("maximum");
    case "warning":
    case "minimum":
      return coinsOf(condition);
    default:
      return undefined;
  }
}

/**
 * The value of a condition that is not one of the balance.
 *
 * @param now in seconds since the Unix epoch
 */
function valueOfWallet(condition: WalletCondition, { transactions }: HoldingStatus, now: number): number {
  const { pending, lastAt = NaN, left = NaN } = transactions?.known ?? {};
  switch (condition) {
    case "delegated":
      return 1;
    case "stuck":
      return Number(pending);
    case "silent":
      return now - lastAt;
    case "few_transactions":
      return left;
  }
}

/**
 * What the findings of a holding have in common; the value is the balance.
 *
 * @param token undefined for those of its wallet
 */
function findingOf(
  { plan }: NetworkState,
  holding: HoldingStatus,
  token: HoldingStatus["token"],
): Omit<Finding, "alert"> {
  const { wallet, account: { reading }, decimals } = holding;
  return {
    labels: labelsOf(plan, { wallet, token }).filter(isInRules),
    value: reading === undefined ? NaN : toUnits(reading.amount, decimals),
    symbol: token === undefined ? holding.symbol : undefined,
    network: plan.id,
    address: wallet.address,
  };
}
