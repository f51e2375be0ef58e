import type { EndpointStatus, Outcome, PollResult } from "../model/source.ts";
import { log } from "../util/log.ts";
import { mainReason } from "./record_poll.ts";

/** The last line says that the next hour is silent. */
const MAX_LINES_PER_HOUR = 40;
const HOUR = 3_600_000;

/** What was last logged of a network. */
export interface LastLogged {
  /** Whether its balances were read; empty at first. */
  level: string;
  endpoint: string | undefined;
}

/**
 * Makes a function that logs changes in the state of a network: a line per change, not per failure.
 *
 * @param last is kept up to date; that of its plan before, so that only failures are logged again
 * @returns called after each poll, `now` in milliseconds on the monotonic clock
 */
export function createChangeLog(
  network: string,
  last: LastLogged = { level: "", endpoint: undefined },
): (result: PollResult, now: number) => void {
  /** States logged since the network began to fail: reasons may alternate. */
  let logged = new Set<string>();
  let written: readonly number[] = [];
  let silentUntil = -Infinity;

  function mayWrite(now: number): boolean {
    if (now < silentUntil) return false;
    written = [...written.filter((at) => now - at < HOUR), now];
    if (written.length < MAX_LINES_PER_HOUR) return true;
    silentUntil = now + HOUR;
    log.warn("Network changes too often, not logged for an hour", { network });
    return false;
  }

  return (result, now) => {
    const { outcomes, chainId, block, endpoint, endpoints, failure, late, failedTokens = [] } = result;
    if (outcomes.size === 0) return;
    const failed = countFailed(outcomes.values());
    const reason = mainReason(result);
    const level = failed === 0 ? late ?? "ok" : failed === outcomes.size ? "down" : "partly";
    const status = `${level} ${reason ?? ""} ${endpoint ?? ""}`;
    log.debug("Poll ended", { network, state: level, reason, endpoint, balances: outcomes.size, failed });
    if (level !== last.level) logged = new Set();
    const broken = brokenBefore(endpoint, endpoints, last.endpoint);
    const isAsBefore = level === "ok" && last.level === "ok" && endpoint === last.endpoint && broken === undefined;
    if (logged.has(status) || isAsBefore || !mayWrite(now)) return;
    const before = last.level;
    Object.assign(last, { level, endpoint });
    logged.add(status);
    const asked = endpoint ?? endpoints.map(({ name }) => name).join(",");
    const at = { chain: chainId, block: block?.number };
    if (late !== undefined) {
      const text = late === "lagging"
        ? "Endpoint is lagging, balances are as old as its block"
        : "Chain is halted, balances are as old as its block";
      log.error(text, { network, endpoint: asked, block: block?.number });
    } else if (failed === 0 && broken?.failure !== undefined) {
      const { reason, message: detail } = broken.failure;
      const facts = { network, endpoint: broken.name, reason, standby: endpoint, detail, ...at };
      log.warn("RPC endpoint failed, using standby", facts);
    } else if (failed === 0) {
      const text = before === "ok"
        ? "Reading from another endpoint"
        : before === ""
        ? "First poll succeeded"
        : "Network recovered";
      log.info(text, { network, endpoint: asked, ...at });
    } else {
      const tokens = failedTokens.join(",") || undefined;
      const detail = failure?.message ?? result.detail;
      const facts = { network, endpoint: asked, reason, failed, of: outcomes.size, tokens, detail };
      if (failed === outcomes.size) log.error("Network cannot be read", facts);
      else log.warn("Some balances cannot be read", facts);
    }
  };
}

/** The failed endpoint that is preferred to the one in use: the one used before, else the first. */
function brokenBefore(
  used: string | undefined,
  endpoints: readonly EndpointStatus[],
  last: string | undefined,
): EndpointStatus | undefined {
  const failed = endpoints.slice(0, Math.max(0, endpoints.findIndex(({ name }) => name === used)))
    .filter(({ failure }) => failure !== undefined);
  return failed.find(({ name }) => name === last) ?? failed[0];
}

function countFailed(outcomes: Iterable<Outcome>): number {
  let failed = 0;
  for (const outcome of outcomes) if (typeof outcome === "string") failed++;
  return failed;
}
