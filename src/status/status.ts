import type { RpcMetrics } from "../metrics/families/rpc_metrics.ts";
import type { SelfMetrics } from "../metrics/families/self_metrics.ts";
import type { ExporterStatus } from "../metrics/model/snapshot.ts";
import { type NetworkState, type StateStore, UNKNOWN } from "../poller/state.ts";
import { nextMuteEnd } from "../plan/mutes.ts";
import { type Prices, pricesOf } from "../poller/prices.ts";
import { AccountMap } from "../assets/account_map.ts";
import { listInTurns, yieldToEventLoop } from "../util/clock.ts";
import { type ActiveAlert, activeAlerts } from "./active_alerts.ts";
import { SEVERITIES } from "./condition_alerts.ts";
import { staleAge, type StatusContext } from "./holding_status.ts";
import { rankOf, type WalletStatus, walletStatuses } from "./wallet_status.ts";

/** Everything that people are shown, at one moment. */
export interface Status {
  /** In seconds since the Unix epoch. */
  readonly at: number;
  readonly generation: number;
  readonly networks: readonly NetworkState[];
  /** The most urgent first, then by the time that is left, then in the order of the plan. */
  readonly wallets: readonly WalletStatus[];
  /** The most urgent first. */
  readonly alerts: readonly ActiveAlert[];
  readonly exporter: ExporterStatus;
  /** In USD; undefined if none are configured. */
  readonly prices: Prices | undefined;
  /** What an endpoint was asked for in the last hour; undefined if nothing. */
  readonly activityOf: RpcMetrics["activityOf"];
  /** Whether a network was not polled yet. */
  readonly isStarting: boolean;
}

/** What a status is made of. */
export interface StatusSource extends Omit<StatusContext, "interval"> {
  readonly store: StateStore;
  readonly self: Pick<SelfMetrics, "status" | "rpc">;
  /** In milliseconds, of networks without one of their own; called for each status. */
  readonly interval: () => number;
}

/** A status of unchanged state is made again after this time, in milliseconds: readings age. */
const MAX_AGE_MS = 5000;

/**
 * Makes a function that returns the present status: one that was just made if nothing changed, and the same to all who
 * ask at once.
 */
export function createStatusReader(source: StatusSource): () => Promise<Status> {
  const { store, clock } = source;
  let making: Promise<Status> | undefined;
  /** Weak: after a reload it would keep the old plan until somebody asks again. */
  let lastMade: WeakRef<MadeStatus> | undefined;
  let madeAt = -Infinity;
  return () => {
    const made = lastMade?.deref();
    if (made?.generation === store.generation && clock.now() - madeAt < MAX_AGE_MS) return Promise.resolve(made);
    making ??= makeStatus(source, made).then((status) => {
      lastMade = new WeakRef(status);
      madeAt = clock.now();
      return status;
    }).finally(() => making = undefined);
    return making;
  };
}

interface MadeStatus extends Status {
  /** Until when no reading gets stale and no mute ends, in milliseconds on the monotonic clock: until then only changes matter. */
  readonly isGoodUntil: number;
}

async function makeStatus(source: StatusSource, before: MadeStatus | undefined): Promise<MadeStatus> {
  const { store: { generation }, clock, self } = source;
  const isSame = before?.generation === generation && clock.now() < before.isGoodUntil;
  const { networks, wallets, isGoodUntil } = isSame ? before : await listWallets(source);
  const exporter = self.status();
  const alerts = await listInTurns(activeAlerts(networks, wallets, exporter, clock), clock);
  alerts.sort((one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity));
  return {
    at: clock.epoch(),
    generation,
    networks,
    wallets,
    isGoodUntil,
    alerts,
    exporter,
    prices: pricesOf(networks, clock),
    activityOf: self.rpc.activityOf,
    isStarting: networks.some(({ lastFinished }) => lastFinished === undefined),
  };
}

async function listWallets(
  { store, clock, interval }: StatusSource,
): Promise<Pick<MadeStatus, "networks" | "wallets" | "isGoodUntil">> {
  const networks = store.networks.map(freeze);
  const context = { clock, interval: interval() };
  let isGoodUntil = Infinity;
  for (const network of networks) {
    const age = staleAge(network, context);
    for (const { reading } of network.accounts.values()) {
      const staleAt = (reading?.readAt ?? Infinity) + age;
      if (staleAt >= clock.now()) isGoodUntil = Math.min(isGoodUntil, staleAt);
    }
  }
  const wallets = await listInTurns(networks.values().flatMap((network) => walletStatuses(network, context)), clock);
  const toMuteEnd = nextMuteEnd(networks.map(({ plan }) => plan), clock.epoch()) - clock.epoch();
  isGoodUntil = Math.min(isGoodUntil, clock.now() + 1000 * toMuteEnd);
  await yieldToEventLoop();
  wallets.sort(byUrgency);
  await yieldToEventLoop();
  return { networks, wallets, isGoodUntil };
}

/** A poll that ends in the meantime must not be shown in part. */
function freeze(network: NetworkState): NetworkState {
  const accounts = new AccountMap(network.plan.accounts, UNKNOWN);
  network.accounts.forEach((state, account) => accounts.set(account, state));
  return { ...network, accounts };
}

function byUrgency(one: WalletStatus, other: WalletStatus): number {
  return rankOf(one) - rankOf(other) || (one.secondsToEmpty ?? MAX) - (other.secondsToEmpty ?? MAX);
}

/** Longer than any time that is left; two of them are equal, which infinities are not. */
const MAX = Number.MAX_SAFE_INTEGER;
