import { Counter, Histogram, type Registry } from "prom-client";
import type { Meter } from "../../jsonrpc/endpoint.ts";
import { type Reason, REASON_NAMES } from "../../jsonrpc/errors.ts";
import type { NetworkPlan } from "../../plan/plan.ts";
import { type Activity, LastHour } from "./last_hour.ts";

/** The counters of requests to nodes. */
export interface RpcMetrics {
  /**
   * Makes the meter of one endpoint; every reason is counted from 0.
   *
   * @param network its unique name
   */
  meterOf(network: string, endpoint: string): Meter;
  /** What an endpoint was asked for lately; undefined if it has no meter. */
  activityOf(network: string, endpoint: string): Activity | undefined;
  /** Forgets the endpoints of other plans. */
  retain(plans: readonly Pick<NetworkPlan, "id" | "endpoints">[]): void;
}

/** An endpoint and the methods that were counted for it. */
interface Counted {
  readonly network: string;
  readonly endpoint: string;
  readonly methods: Set<string>;
  readonly lastHour: LastHour;
}

/** In seconds, from a node on the same host to a request about to time out. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Registers the families of requests to nodes.
 *
 * @param now milliseconds on the monotonic clock
 */
export function registerRpcMetrics(registry: Registry, now: () => number): RpcMetrics {
  const labelNames = ["network", "endpoint"] as const;
  const registers = [registry];
  const prefix = "wallet_balance_exporter_rpc";

  function counter<T extends string = never>(name: string, help: string, more: readonly T[] = []) {
    return new Counter({ name: `${prefix}_${name}`, help, labelNames: [...labelNames, ...more], registers });
  }

  const requests = counter("requests_total", "HTTP requests sent to the endpoint.");
  const calls = counter("calls_total", "JSON-RPC calls sent to the endpoint: what providers bill.", ["method"]);
  const errors = counter(
    "errors_total",
    "Requests that failed completely or in part, by reason: each reason at most once per request.",
    ["reason"],
  );
  const duration = new Histogram({
    name: `${prefix}_duration_seconds`,
    help: "Time from sending a request to its last decoded response, or to its failure.",
    labelNames,
    buckets: BUCKETS,
    registers,
  });
  const sent = counter("sent_bytes_total", "Size of the request bodies sent to the endpoint.");
  const received = counter(
    "received_bytes_total",
    "Size of the response bodies received from the endpoint, after decompression.",
  );

  const known = new Map<string, Counted>();

  return {
    retain(plans): void {
      const kept = new Set(plans.flatMap(({ id, endpoints }) => endpoints.map(({ name }) => keyOf(id, name))));
      for (const [key, { network, endpoint, methods }] of known) {
        if (kept.has(key)) continue;
        const labels = { network, endpoint };
        for (const metric of [requests, sent, received, duration]) metric.remove(labels);
        for (const reason of REASON_NAMES) errors.remove({ ...labels, reason });
        for (const method of methods) calls.remove({ ...labels, method });
        known.delete(key);
      }
    },
    activityOf: (network, endpoint) => known.get(keyOf(network, endpoint))?.lastHour.activity(now()),
    meterOf(network, endpoint) {
      const labels = { network, endpoint };
      const key = keyOf(network, endpoint);
      const counted = known.get(key) ?? { network, endpoint, methods: new Set(), lastHour: new LastHour() };
      known.set(key, counted);
      const { methods, lastHour } = counted;
      const countError = (reason: Reason): void => {
        errors.inc({ ...labels, reason });
        lastHour.noteError(now(), reason);
      };
      for (const counter of [requests, sent, received]) counter.inc(labels, 0);
      for (const reason of REASON_NAMES) errors.inc({ ...labels, reason }, 0);
      return {
        recordRequest(record): void {
          requests.inc(labels);
          lastHour.noteRequest(now(), record.calls);
          sent.inc(labels, record.sentBytes);
          received.inc(labels, record.receivedBytes);
          duration.observe(labels, record.seconds);
          for (const [method, count] of record.calls) {
            methods.add(method);
            calls.inc({ ...labels, method }, count);
          }
          for (const reason of record.reasons) countError(reason);
        },
        recordError: countError,
      };
    },
  };
}

function keyOf(network: string, endpoint: string): string {
  return JSON.stringify([network, endpoint]);
}
