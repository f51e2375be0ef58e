import { Registry } from "prom-client";
import type { ConfigStatus, ExporterStatus, ListStatus } from "../model/snapshot.ts";
import { registerRpcMetrics, type RpcMetrics } from "./rpc_metrics.ts";

/** What the exporter counts and reports of itself. */
export interface SelfMetrics {
  readonly registry: Registry;
  readonly rpc: RpcMetrics;
  /** The state of the exporter, for a snapshot. */
  readonly status: () => ExporterStatus;
  /** Whether the last change of the configuration was rejected. */
  readonly isRefused: boolean;
  /** Records that a configuration is in use. */
  configured(config: ConfigStatus): void;
  /** Records that a configuration could not be used. */
  refused(): void;
  /** Records whether whoever hands over the configuration rejected a change of it. */
  refusedElsewhere(isRefused: boolean): void;
}

/**
 * Makes the exporter's own metrics.
 *
 * @param lists called for each snapshot
 */
export function createSelfMetrics(first: ConfigStatus, lists: () => readonly ListStatus[] = () => []): SelfMetrics {
  const registry = new Registry();
  let config = first;
  let isRefusedHere = false;
  let isRefusedElsewhere = false;
  const isRefused = (): boolean => isRefusedHere || isRefusedElsewhere;
  return {
    registry,
    rpc: registerRpcMetrics(registry),
    status: () => ({ ...config, isRefused: isRefused(), lists: lists() }),
    get isRefused(): boolean {
      return isRefused();
    },
    configured(next): void {
      config = next;
      isRefusedHere = false;
    },
    refused(): void {
      isRefusedHere = true;
    },
    refusedElsewhere(isRefused): void {
      isRefusedElsewhere = isRefused;
    },
  };
}
