import { Registry } from "prom-client";
import { type Clock, systemClock } from "../../util/clock.ts";
import type { ConfigStatus, ExporterStatus, ListStatus } from "../model/snapshot.ts";
import { registerRpcMetrics, type RpcMetrics } from "./rpc_metrics.ts";

/** What the exporter counts and reports of itself. */
export interface SelfMetrics {
  readonly registry: Registry;
  readonly rpc: RpcMetrics;
  /** The state of the exporter, for a snapshot. */
  readonly status: () => ExporterStatus;
  /** Records that a configuration is in use. */
  recordReload(config: ConfigStatus): void;
  /** Records that a configuration could not be used. */
  recordFailedReload(): void;
  /** Sets whether another program, such as a validating sidecar, refused to hand a changed configuration over. */
  setRefusedElsewhere(isRefused: boolean): void;
}

/**
 * Makes the exporter's own metrics.
 *
 * @param lists called for each snapshot
 */
export function createSelfMetrics(
  first: ConfigStatus,
  lists: () => readonly ListStatus[] = () => [],
  clock: Clock = systemClock,
): SelfMetrics {
  const registry = new Registry();
  const startedAt = clock.epoch() - clock.now() / 1000;
  let config = first;
  let hasFailed = false;
  let isRefusedElsewhere = false;
  return {
    registry,
    rpc: registerRpcMetrics(registry, clock.now),
    status: () => ({ ...config, startedAt, hasFailedReload: hasFailed || isRefusedElsewhere, lists: lists() }),
    recordReload(next): void {
      config = next;
      hasFailed = false;
    },
    recordFailedReload(): void {
      hasFailed = true;
    },
    setRefusedElsewhere(isRefused): void {
      isRefusedElsewhere = isRefused;
    },
  };
}
