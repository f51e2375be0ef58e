import { isOfMethod } from "../../assets/asset.ts";
import type { Clock } from "../../util/clock.ts";
import { startDeadline } from "../../http/deadline.ts";
import { REASONS } from "../../jsonrpc/errors.ts";
import type { Limits } from "../../model/source.ts";
import { isOlder } from "../../model/block.ts";
import { isOpen } from "./circuit_breaker.ts";
import type { PoolEndpoint } from "./pool_endpoint.ts";
import type { Network } from "./open_network.ts";
import { readEndpoint } from "./read_endpoint.ts";
import type { PollProgress } from "./poll_progress.ts";

/** Maximum random delay of a retry, in milliseconds, so that exporters do not retry at once. */
const MAX_RETRY_DELAY_MS = 1000;

/**
 * Reads balances from the best endpoint of a pool, missing ones from the others, and retries what no endpoint returned
 * if the failure may be transient.
 *
 * @returns the endpoint that last returned a balance
 */
export async function readWithFailover(
  network: Network,
  progress: PollProgress,
  limits: Limits,
): Promise<PoolEndpoint | undefined> {
  const { clock, deadline } = limits;
  const ranked = rank(network, clock);
  let last: PoolEndpoint | undefined;
  for (const [index, poolEndpoint] of ranked.entries()) {
    if (progress.pending.length === 0 || deadline.signal.aborted) break;
    // Endpoints that need a probe get no share of the remaining time.
    const others = ranked.slice(index + 1).filter(({ breaker }) => !breaker.needsProbe).length;
    using own = startDeadline(clock, deadline.remaining() / (others > 0 ? 2 : 1), deadline.signal);
    const lenient = ranked.length === 1 || !ranked.some(isHealthy) && poolEndpoint === freshestLagging(network, ranked);
    const before = progress.pending.length;
    await readEndpoint(network, poolEndpoint, {
      progress,
      lenient,
      limits: { ...limits, deadline: own, patient: others === 0 },
    });
    if (progress.pending.length < before) last = poolEndpoint;
  }
  // Open circuit breakers keep the reason of their failure.
  if (ranked.length === 0) progress.failPending(network.endpoints[0]?.breaker.failure?.reason ?? "missing");
  return await retryOnce(network, ranked, progress, limits) ?? last;
}

/** Whether an endpoint neither fails nor lags. */
function isHealthy({ breaker, headStatus }: PoolEndpoint): boolean {
  return breaker.failure === undefined && headStatus !== "lagging";
}

/** Best first: healthy endpoints before lagging and failed ones, otherwise in the order of the plan. */
function rank({ endpoints }: Network, clock: Clock): readonly PoolEndpoint[] {
  const rankOf = ({ breaker, headStatus }: PoolEndpoint): number =>
    (breaker.needsProbe ? 4 : 0) + (headStatus === "lagging" ? 2 : 0) + (breaker.failure === undefined ? 0 : 1);
  return endpoints.filter(({ breaker }) => !isOpen(breaker, clock.now())).sort((a, b) => rankOf(a) - rankOf(b));
}

/** One retry within the budget: of a lagging endpoint if there is no better one, or after a transient failure. */
async function retryOnce(
  network: Network,
  ranked: readonly PoolEndpoint[],
  progress: PollProgress,
  limits: Limits,
): Promise<PoolEndpoint | undefined> {
  const { clock, deadline } = limits;
  const reasons = progress.countReasons();
  if (progress.pending.every(isOfMethod) || deadline.signal.aborted) return undefined;
  const isTransient = reasons.keys().some((reason) => REASONS[reason].retryable);
  // Not if its balances were requested again already.
  const mayRecover = ({ breaker: { failure, readFailedAt }, selector }: PoolEndpoint): boolean | undefined =>
    selector.lag.retriedAt < network.startedAt &&
    (failure === undefined ? isTransient : readFailedAt === network.startedAt && failure.traits.retryable);
  const late = ranked.length > 1 ? freshestLagging(network, ranked) : undefined;
  const poolEndpoint = late ?? ranked.find(mayRecover);
  if (poolEndpoint === undefined) return undefined;
  const requests = requestsFor(poolEndpoint, progress.pending.length);
  // If there is no balance at all, exceed the retry budget to publish lagging ones.
  if (late !== undefined && progress.pending.length === progress.outcomes.size) network.budget.spend(requests);
  else if (!network.budget.take(requests)) return undefined;
  if (late === undefined) {
    await clock.sleep(Math.min(Math.random() * MAX_RETRY_DELAY_MS, deadline.remaining() / 4), deadline.signal);
  }
  const before = progress.pending.length;
  poolEndpoint.breaker.needsProbe = false;
  await readEndpoint(network, poolEndpoint, { progress, lenient: true, limits });
  return progress.pending.length < before ? poolEndpoint : undefined;
}

function freshestLagging({ newest }: Network, ranked: readonly PoolEndpoint[]): PoolEndpoint | undefined {
  const lagging = ranked.flatMap((poolEndpoint) => {
    const { observed, breaker, headStatus } = poolEndpoint;
    const isLagging = headStatus === "lagging" || breaker.failure?.reason === "lagging";
    const block = isLagging ? observed?.head.block : undefined;
    return block === undefined || newest !== undefined && isOlder(block, newest)
      ? []
      : [{ poolEndpoint, time: block.time }];
  });
  return lagging.sort((a, b) => b.time - a.time)[0]?.poolEndpoint;
}

function requestsFor({ selector }: PoolEndpoint, accounts: number): number {
  return Math.ceil(accounts / selector.sizes[selector.strategy].size) + (selector.strategy === "batch" ? 1 : 0);
}
