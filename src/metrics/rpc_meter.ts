import { Counter, Histogram, type Registry } from "prom-client";
import type { Meter } from "../jsonrpc/endpoint.ts";
import { REASON_NAMES } from "../jsonrpc/errors.ts";

/** The counters of requests to nodes. */
export interface RpcMetrics {
  /**
   * Makes the meter of one endpoint; every reason stands at 0 from then on.
   *
   * @param network the network's unique name
   * @param endpoint the endpoint's name
   */
  meterOf(network: string, endpoint: string): Meter;
  /**
   * Forgets all endpoints but some.
   *
   * @param endpoints the names of those that stay, by the unique name of their network
   */
  retain(endpoints: ReadonlyMap<string, ReadonlySet<string>>): void;
}

/** From a node next door to one about to time out, in seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Registers the families of requests to nodes.
 *
 * @param registry where
 */
export function registerRpcMetrics(registry: Registry): RpcMetrics {
  const labelNames = ["network", "endpoint"] as const;
  const registers = [registry];
  const prefix = "wallet_balance_exporter_rpc";
  const requests = new Counter({
    name: `${prefix}_requests_total`,
    help: "HTTP requests sent to the endpoint.",
    labelNames,
    registers,
  });
  const calls = new Counter({
    name: `${prefix}_calls_total`,
    help: "JSON-RPC calls sent to the endpoint, which is what providers bill.",
    labelNames: [...labelNames, "method"] as const,
    registers,
  });
  const errors = new Counter({
    name: `${prefix}_errors_total`,
    help: "Requests that failed as a whole or in part, by reason; at most one of a reason for each request.",
    labelNames: [...labelNames, "reason"] as const,
    registers,
  });
  const duration = new Histogram({
    name: `${prefix}_duration_seconds`,
    help: "Time from sending a request to the last decoded answer, or to its failure.",
    labelNames,
    buckets: BUCKETS,
    registers,
  });
  const sent = new Counter({
    name: `${prefix}_sent_bytes_total`,
    help: "Bytes of the bodies sent to the endpoint.",
    labelNames,
    registers,
  });
  const received = new Counter({
    name: `${prefix}_received_bytes_total`,
    help: "Bytes of the bodies received from the endpoint, after decompression.",
    labelNames,
    registers,
  });

  /** The methods that were counted, by endpoint. */
  const known = new Map<
    string,
    { readonly network: string; readonly endpoint: string; readonly methods: Set<string> }
  >();

  return {
    retain(endpoints): void {
      for (const [key, { network, endpoint, methods }] of known) {
        if (endpoints.get(network)?.has(endpoint)) continue;
        const labels = { network, endpoint };
        for (const metric of [requests, sent, received, duration]) metric.remove(labels);
        for (const reason of REASON_NAMES) errors.remove({ ...labels, reason });
        for (const method of methods) calls.remove({ ...labels, method });
        known.delete(key);
      }
    },
    meterOf(network, endpoint) {
      const labels = { network, endpoint };
      const key = JSON.stringify([network, endpoint]);
      const { methods } = known.get(key) ?? { methods: new Set<string>() };
      known.set(key, { network, endpoint, methods });
      for (const counter of [requests, sent, received]) counter.inc(labels, 0);
      for (const reason of REASON_NAMES) errors.inc({ ...labels, reason }, 0);
      return {
        recordRequest(record): void {
          requests.inc(labels);
          sent.inc(labels, record.sentBytes);
          received.inc(labels, record.receivedBytes);
          duration.observe(labels, record.seconds);
          for (const [method, count] of record.calls) {
            methods.add(method);
            calls.inc({ ...labels, method }, count);
          }
          for (const reason of record.reasons) errors.inc({ ...labels, reason });
        },
        recordError: (reason) => errors.inc({ ...labels, reason }),
      };
    },
  };
}
