import type { Account } from "../assets/asset.ts";
import type { Reason } from "../jsonrpc/errors.ts";
import type { NetworkPlan } from "../plan/plan.ts";
import { log } from "../util/log.ts";
import { createChangeLog, type LastLogged } from "./change_log.ts";

/** A change that happens again is not logged before, in milliseconds. */
const MIN_BETWEEN_MS = 3_600_000;

type PollLog = ReturnType<typeof createChangeLog>;

/**
 * Makes a function that logs what changed with a poll: of coins and tokens, and apart from these of other values, since
 * an endpoint that lacks a method for them reads balances well.
 *
 * @param last see {@linkcode createChangeLog}
 */
export function createPollLog({ id, values = [] }: NetworkPlan, last?: LastLogged): PollLog {
  const logChanges = createChangeLog(id, last);
  if (values.length === 0) return logChanges;
  const logValues = createValueLog(id, values);
  const apart = new Set(values);
  return (result, now) => {
    const outcomes = new Map([...result.outcomes].filter(([account]) => !apart.has(account)));
    logChanges({ ...result, outcomes }, now);
    logValues(result, now);
  };
}

/** A line per kind and reason. */
function createValueLog(network: string, values: readonly Account[]): PollLog {
  const kinds = Map.groupBy(values, ({ asset }) => asset.kind);
  /** By kind, why some could not be read; undefined once all were. */
  const known = new Map<string, Reason | undefined>();
  const writtenAt = new Map<string, number>();
  return ({ outcomes }, now) => {
    for (const [kind, accounts] of kinds) {
      const asked = accounts.flatMap((account) => outcomes.get(account) ?? []);
      const reasons = asked.filter((outcome) => typeof outcome === "string");
      const [reason] = reasons;
      if (asked.length === 0 || known.get(kind) === reason) continue;
      known.set(kind, reason);
      const key = `${kind} ${reason}`;
      if (now - (writtenAt.get(key) ?? -Infinity) < MIN_BETWEEN_MS) continue;
      writtenAt.set(key, now);
      if (reason === undefined) log.info("Values can be read again", { network, kind });
      else log.warn("Some values cannot be read", { network, kind, reason, failed: reasons.length, of: asked.length });
    }
  };
}
