import { chainFacts } from "../evm/chains/chain_facts.ts";
import { type Activity, perDay } from "../metrics/families/last_hour.ts";
import type { Change } from "../poller/history.ts";
import type { NetworkState } from "../poller/state.ts";
import { type Prices, worthOf } from "../poller/prices.ts";
import { formatUnits } from "../poller/units.ts";
import { VERSION } from "../version.ts";
import type { ActiveAlert } from "./active_alerts.ts";
import type { Status } from "./status.ts";
import type { StatusDocument } from "./status_schema.ts";
import type { HoldingStatus } from "./holding_status.ts";
import { type CodeStatus, codeStatus, type TransactionsStatus, transactionsStatus } from "./value_status.ts";
import type { WalletStatus } from "./wallet_status.ts";

type Element<K extends "alerts" | "networks" | "wallets"> = StatusDocument[K][number];
type Endpoint = Element<"networks">["endpoints"][number];
type Balance = Element<"wallets">["balances"][number];

/** Characters of one chunk: about a millisecond to compress. */
const CHUNK = 32_768;

/**
 * Writes a status as JSON, as `docs/status.schema.json` has it. Amounts are decimal strings, since JSON numbers lose
 * digits; changes have seven digits.
 *
 * @returns the text in chunks: a large status has megabytes
 */
export function* statusJson(status: Status): Iterable<string> {
  const { at, exporter, networks, alerts, wallets, isStarting, prices } = status;
  const { interval, rejectedEntries, configLoadedAt, hasFailedReload, source, startedAt } = exporter;
  const head: Omit<StatusDocument, "alerts" | "networks" | "wallets"> = {
    time: at,
    version: VERSION,
    startedAt,
    starting: isStarting,
    config: { source, interval, loadedAt: configLoadedAt, rejectedEntries, reloadFailed: hasFailedReload },
  };
  yield* chunks(function* () {
    yield `${JSON.stringify(head).slice(0, -1)},"alerts":[`;
    yield* separated(alerts, alertJson);
    yield `],"networks":[`;
    yield* separated(networks, (network) => networkJson(network, status));
    yield `],"wallets":[`;
    yield* separated(wallets, (wallet) => walletJson(wallet, prices));
    yield "]}\n";
  }());
}

function* separated<T>(items: readonly T[], toJson: (item: T) => unknown): Iterable<string> {
  let comma = "";
  for (const item of items) {
    yield comma + JSON.stringify(toJson(item));
    comma = ",\n";
  }
}

function* chunks(texts: Iterable<string>): Iterable<string> {
  let chunk = "";
  for (const text of texts) {
    chunk += text;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
}

function alertJson({ name, severity, network, holding, text, since }: ActiveAlert): Element<"alerts"> {
  return {
    alert: name,
    severity,
    network: network?.plan.id ?? null,
    address: holding?.wallet.address ?? null,
    label: holding?.wallet.label ?? null,
    token: holding?.token?.token.address ?? null,
    text,
    since: since ?? null,
  };
}

function networkJson(
  { plan, chainId = plan.chainId, block, lastFinished, seconds, endpoints }: NetworkState,
  { activityOf }: Status,
): Element<"networks"> {
  const facts = chainId === undefined ? undefined : chainFacts(chainId);
  return {
    name: plan.id,
    label: plan.networkLabel,
    chainId: chainId ?? null,
    chain: facts?.name ?? null,
    symbol: plan.symbol ?? facts?.symbol ?? null,
    block: block === undefined ? null : { number: String(block.number), time: block.time },
    lastPoll: lastFinished === undefined ? null : { end: lastFinished, seconds: seconds ?? null },
    wallets: plan.wallets.length,
    rejectedEntries: plan.rejected.length,
    endpoints: endpoints.map(({ name, state, strategy, failure }) => ({
      name,
      state: state ?? null,
      strategy: strategy ?? null,
      reason: failure?.reason ?? null,
      ...activityJson(activityOf(plan.id, name)),
    })),
  };
}

function activityJson(activity: Activity | undefined): Pick<Endpoint, "requestsPerDay" | "errors1h"> {
  if (activity === undefined) return { requestsPerDay: null, errors1h: {} };
  const factor = perDay(activity);
  return {
    requestsPerDay: factor === undefined ? null : Math.round(factor * activity.requests),
    errors1h: Object.fromEntries(activity.errors),
  };
}

function walletJson(
  { network, wallet, holdings, mute }: WalletStatus,
  prices: Prices | undefined,
): Element<"wallets"> {
  const { address, label, labels } = wallet;
  return {
    network: network.plan.id,
    address,
    label,
    labels,
    mute: mute ?? null,
    balances: holdings.map((holding) => holdingJson(holding, prices)),
    transactions: transactionsJson(transactionsStatus(network, wallet), network),
    code: codeJson(codeStatus(network, wallet)),
  };
}

function transactionsJson(
  status: TransactionsStatus | undefined,
  { plan }: NetworkState,
): Element<"wallets">["transactions"] {
  if (status === undefined) return null;
  const { known, isContract, failure, readAt } = status;
  return {
    count: known === undefined ? null : String(known.count),
    lastAt: known?.lastAt ?? null,
    expectedSeconds: known?.expected ?? null,
    pending: known?.pending === undefined ? null : Number(known.pending),
    cost: known?.cost === undefined ? null : formatUnits(known.cost, plan.decimals),
    left: known?.left ?? null,
    contract: isContract,
    reason: failure ?? null,
    readAt: readAt ?? null,
  };
}

function codeJson(status: CodeStatus | undefined): Element<"wallets">["code"] {
  if (status === undefined) return null;
  const { kind, isExpected, changes, since, failure, readAt } = status;
  return {
    kind: kind ?? null,
    expected: isExpected,
    changes,
    since: since ?? null,
    reason: failure ?? null,
    readAt: readAt ?? null,
  };
}

function holdingJson(holding: HoldingStatus, prices: Prices | undefined): Balance {
  const { token, symbol, decimals, account, thresholds, condition, failure, hour, day, outflow } = holding;
  const { reading, spent, received } = account;
  const units = (amount: bigint): string | null => decimals === undefined ? null : formatUnits(amount, decimals);
  return {
    asset: symbol ?? null,
    token: token?.token.address ?? null,
    decimals: decimals ?? null,
    balance: reading === undefined ? null : units(reading.amount),
    amount: reading === undefined ? null : String(reading.amount),
    ...prices === undefined ? {} : { valueUsd: worthOf(prices, reading?.amount, decimals, symbol) ?? null },
    thresholds: Object.fromEntries(Object.entries(thresholds).map(([level, amount]) => [level, units(amount)])),
    condition: condition ?? null,
    reason: failure ?? null,
    readAt: reading?.at ?? null,
    block: reading?.block === undefined ? null : String(reading.block.number),
    spent: units(spent),
    received: units(received),
    change1h: changeJson(hour, decimals),
    change24h: changeJson(day, decimals),
    outflowPerSecond: outflow === undefined || decimals === undefined ? null : outflow / 10 ** decimals,
    secondsToEmpty: holding.secondsToEmpty ?? null,
    secondsToMinimum: holding.secondsToMinimum ?? null,
  };
}

function changeJson(change: Change | undefined, decimals: number | undefined): Balance["change1h"] {
  if (change === undefined || decimals === undefined) return null;
  const { amount, spent, seconds } = change;
  const units = (value: number): number => Number((value / 10 ** decimals).toPrecision(7));
  return { amount: units(amount), spent: units(spent), seconds };
}
