import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { registerRpcMetrics } from "../../src/metrics/families/rpc_metrics.ts";
import { type Reason, REASON_NAMES } from "../../src/jsonrpc/errors.ts";
import { parseExposition, type Series } from "../fakes/exposition_parser.ts";

async function families(registry: Registry): Promise<ReadonlyMap<string, readonly Series[]>> {
  const parsed = parseExposition(await registry.metrics());
  return new Map(parsed.map(({ name, series }) => [name.replace("wallet_balance_exporter_rpc_", ""), series]));
}

function record(
  seconds: number,
  reasons: readonly Reason[] = [],
): Parameters<ReturnType<ReturnType<typeof registerRpcMetrics>["meterOf"]>["recordRequest"]>[0] {
  return {
    calls: new Map([["eth_chainId", 1], ["eth_getBalance", 99]]),
    sentBytes: 10,
    receivedBytes: 20,
    seconds,
    reasons: new Set(reasons),
  };
}

Deno.test("registerRpcMetrics() counts from 0 before the first request, for every reason", async () => {
  const registry = new Registry();
  registerRpcMetrics(registry, () => 0).meterOf("net", "node");
  const all = await families(registry);
  for (const name of ["requests_total", "sent_bytes_total", "received_bytes_total"]) {
    assert.deepEqual(all.get(name)?.map(({ labels, value }) => [labels, value]), [[
      { network: "net", endpoint: "node" },
      0,
    ]]);
  }
  assert.deepEqual(
    all.get("errors_total")?.map(({ labels, value }) => [labels["reason"], value]),
    REASON_NAMES.map((reason) => [reason, 0]),
  );
});

Deno.test("registerRpcMetrics() counts requests, calls, bytes and each reason once", async () => {
  const registry = new Registry();
  const meter = registerRpcMetrics(registry, () => 0).meterOf("net", "node");
  meter.recordRequest(record(0.2));
  meter.recordRequest(record(3, ["timeout", "missing"]));
  meter.recordError("wrong_chain");
  const all = await families(registry);
  const values = (name: string): readonly number[] => all.get(name)?.map(({ value }) => value) ?? [];
  assert.deepEqual(values("requests_total"), [2]);
  assert.deepEqual(values("sent_bytes_total"), [20]);
  assert.deepEqual(values("received_bytes_total"), [40]);
  assert.deepEqual(all.get("calls_total")?.map(({ labels, value }) => [labels["method"], value]), [
    ["eth_chainId", 2],
    ["eth_getBalance", 198],
  ]);
  const errors = all.get("errors_total")?.filter(({ value }) => value > 0).map((
    { labels, value },
  ) => [labels["reason"], value]);
  assert.deepEqual(errors, [["timeout", 1], ["missing", 1], ["wrong_chain", 1]]);
  const buckets = all.get("duration_seconds")?.map(({ name, labels, value }) => [name.slice(-6), labels["le"], value]);
  assert.deepEqual(buckets?.filter(([, le]) => le === "0.25" || le === "2.5" || le === "+Inf" || le === undefined), [
    ["bucket", "0.25", 1],
    ["bucket", "2.5", 1],
    ["bucket", "+Inf", 2],
    ["ds_sum", undefined, 3.2],
    ["_count", undefined, 2],
  ]);
});

Deno.test("registerRpcMetrics() keeps endpoints apart", async () => {
  const registry = new Registry();
  const metrics = registerRpcMetrics(registry, () => 0);
  metrics.meterOf("one", "node").recordRequest(record(1));
  metrics.meterOf("two", "node");
  const requests = (await families(registry)).get("requests_total");
  assert.deepEqual(requests?.map(({ labels, value }) => [labels["network"], value]), [["one", 1], ["two", 0]]);
});
