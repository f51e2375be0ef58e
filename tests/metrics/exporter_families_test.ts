import assert from "node:assert/strict";
import { PROCESS_FAMILIES } from "../../src/metrics/families/exporter_families.ts";
import { listFamilies } from "../../src/metrics/families/families.ts";
import { VERSION } from "../../src/version.ts";
import { parseExposition, type Series } from "../fakes/exposition_parser.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { textOf } from "../fakes/page_text.ts";
import { addressOf, COIN, type Entries, networkAt, type Watched, watched } from "../fakes/watched.ts";

const prefix = "wallet_balance_exporter_";
const one: Entries = { "https://a.example/": [{ address: addressOf(1), label: "w" }] };

/** All families of the exporter, and those of the wallets. */
async function page({ self, snapshot }: Watched): Promise<string> {
  return textOf(await listFamilies(self.registry), snapshot());
}

/** The samples of a family, each as its value and its own labels. */
async function samples(
  own: Watched,
  name: string,
): Promise<readonly (readonly [number, Series["labels"]])[]> {
  const family = parseExposition(await page(own)).find((each) => each.name === prefix + name);
  assert.ok(family !== undefined, `${name} is missing`);
  return family.series.map(({ value, labels: { namespace: _, release: __, ...own } }) => [value, own] as const);
}

Deno.test("EXPORTER_FAMILIES show build and configuration", async () => {
  const all = watched({}, { clock: createFakeClock() });
  assert.deepEqual(await samples(all, "build_info"), [
    [1, { deno: Deno.version.deno, revision: "unknown", version: VERSION }],
  ]);
  assert.deepEqual(await samples(all, "check_interval_seconds"), [[300, {}]]);
  assert.deepEqual(await samples(all, "config_rejected_entries"), [[0, {}]]);
  assert.deepEqual(await samples(all, "config_last_reload_successful"), [[1, {}]]);
  assert.deepEqual(await samples(all, "config_last_reload_success_timestamp_seconds"), [[1_700_000_000, {}]]);
});

Deno.test("NETWORK_FAMILIES count the wallets of each network, and 0 without networks", async () => {
  const all = watched({ ...one, "https://b.example/": [] }, { clock: createFakeClock() });
  assert.deepEqual(await samples(all, "wallets"), [[1, { network: "a" }], [0, { network: "b" }]]);
  const none = watched({}, { clock: createFakeClock() });
  assert.deepEqual(await samples(none, "wallets"), [[0, {}]]);
});

Deno.test("NETWORK_FAMILIES show each network's interval, its own if configured", async () => {
  const all = watched({ ...one, "https://b.example/": [] }, { clock: createFakeClock() });
  const [first, second] = all.store.networks;
  assert.ok(first !== undefined && second !== undefined);
  all.store.networks = [first, { ...second, plan: { ...second.plan, interval: 7_200_000 } }];
  const name = "network_check_interval_seconds";
  assert.deepEqual(await samples(all, name), [[300, { network: "a" }], [7200, { network: "b" }]]);
  all.self.recordReload({ source: "WALLET_CONFIG", interval: 5, rejectedEntries: 0, configLoadedAt: 7 });
  assert.deepEqual(await samples(all, name), [[5, { network: "a" }], [7200, { network: "b" }]]);
});

Deno.test("NETWORK_FAMILIES show no chain, block or duration before the first poll", async () => {
  const all = watched(one, { clock: createFakeClock() });
  for (const name of ["network_info", "network_block_number", "check_duration_seconds", "endpoint_batch_size"]) {
    assert.deepEqual(await samples(all, name), []);
  }
  const states = await samples(all, "endpoint_state");
  assert.deepEqual(states.map(([value]) => value), new Array(9).fill(0));
  assert.deepEqual(await samples(all, "checks_skipped_total"), [[0, { network: "a" }]]);
});

Deno.test("NETWORK_FAMILIES show the chain and block of the balances", async () => {
  const all = watched(one, { clock: createFakeClock() });
  all.record(0, [COIN], 7n);
  all.record(0, ["timeout"], 8n);
  assert.deepEqual(await samples(all, "network_info"), [
    [1, { chain: "Ethereum", chain_id: "1", network: "a", symbol: "ETH" }],
  ]);
  assert.deepEqual(await samples(all, "network_block_number"), [[7, { network: "a" }]]);
  assert.deepEqual(await samples(all, "network_block_timestamp_seconds"), [[1_600_000_007, { network: "a" }]]);
});

Deno.test("NETWORK_FAMILIES show an unlisted chain as unknown", async () => {
  const all = watched(one, { clock: createFakeClock() });
  const network = networkAt(all.store, 0);
  network.wasRead = true;
  [network.chainId, network.block] = [987_654_321, { number: 1n, time: 1 }];
  assert.deepEqual(await samples(all, "network_info"), [
    [1, { chain: "unknown", chain_id: "987654321", network: "a", symbol: "" }],
  ]);
});

Deno.test("NETWORK_FAMILIES set one state and one strategy of all", async () => {
  const all = watched(one, { clock: createFakeClock() });
  for (const [outcome, state] of [[COIN, "ok"], ["throttled", "throttled"], ["quota", "exhausted"]] as const) {
    all.record(0, [outcome]);
    const states = await samples(all, "endpoint_state");
    assert.deepEqual(states.filter(([value]) => value === 1), [[1, { endpoint: "a.example", network: "a", state }]]);
    assert.equal(states.length, 9);
    const strategies = await samples(all, "endpoint_strategy");
    assert.deepEqual(strategies.map(([value, { strategy }]) => [strategy, value]), [
      ["packed", 0],
      ["multicall", 0],
      ["batch", 1],
      ["single", 0],
      ["latest", 0],
    ]);
  }
});

Deno.test("NETWORK_FAMILIES show the state's counters, not their sums over pages", async () => {
  const all = watched(one, { clock: createFakeClock() });
  const network = networkAt(all.store, 0);
  [network.skipped, network.seconds, network.disagreements] = [3, 1.5, 2];
  network.endpoints = [{ name: "a.example", state: "ok", strategy: "batch", size: 50 }];
  assert.deepEqual(await samples(all, "checks_skipped_total"), [[3, { network: "a" }]]);
  assert.deepEqual(await samples(all, "endpoint_batch_size"), [[50, { endpoint: "a.example", network: "a" }]]);
  assert.deepEqual(await samples(all, "quorum_disagreements_total"), [[2, { network: "a" }]]);
  assert.deepEqual(await samples(all, "check_duration_seconds"), [[1.5, { network: "a" }]]);
});

Deno.test("NETWORK_FAMILIES keep networks of one name apart", async () => {
  const wallet = [{ address: addressOf(1), label: "w" }];
  const all = watched({ "https://rpc.one/": wallet, "https://rpc.two/": wallet }, { clock: createFakeClock() });
  assert.deepEqual(await samples(all, "wallets"), [[1, { network: "rpc" }], [1, { network: "rpc_2" }]]);
});

Deno.test("the next page omits what is no longer configured", async () => {
  const clock = createFakeClock();
  const before: Entries = { ...one, "https://b.example/": [{ address: addressOf(1), label: "w" }] };
  const all = watched(before, { clock });
  const { store, self, record, snapshot } = all;
  for (const network of ["a", "b"]) {
    self.rpc.meterOf(network, `${network}.example`).recordRequest({
      calls: new Map([["eth_call", 1]]),
      sentBytes: 1,
      receivedBytes: 1,
      seconds: 1,
      reasons: new Set(["timeout"]),
    });
  }
  record(0, [COIN]);
  record(1, [COIN]);
  const families = await listFamilies(self.registry);
  const shown = snapshot();
  assert.match(textOf(families, shown), /network="b"/);
  store.networks = store.networks.slice(0, 1);
  self.recordReload({ source: "WALLET_CONFIG", interval: 5, rejectedEntries: 2, configLoadedAt: 7 });
  self.rpc.retain(store.networks.map(({ plan }) => plan));
  assert.match(textOf(families, shown), /network="b"/, "the page before is whole");
  const after = await page(all);
  assert.doesNotMatch(after, /network="b"|b\.example/);
  assert.match(after, /rpc_calls_total\{[^}]*endpoint="a\.example"[^}]*\} 1/);
  assert.deepEqual(await samples(all, "check_interval_seconds"), [[5, {}]]);
  assert.deepEqual(await samples(all, "config_rejected_entries"), [[2, {}]]);
});

Deno.test("createSelfMetrics() shows a failed reload until one succeeds", async () => {
  const all = watched(one, { clock: createFakeClock() });
  all.self.recordFailedReload();
  assert.deepEqual(await samples(all, "config_last_reload_successful"), [[0, {}]]);
  all.self.recordReload({ source: "WALLET_CONFIG", interval: 300, rejectedEntries: 0, configLoadedAt: 1 });
  assert.deepEqual(await samples(all, "config_last_reload_successful"), [[1, {}]]);
});

Deno.test("U10: createSelfMetrics() shows a change that was refused elsewhere", async () => {
  const all = watched(one, { clock: createFakeClock() });
  all.self.setRefusedElsewhere(true);
  all.self.recordReload({ source: "WALLET_CONFIG", interval: 300, rejectedEntries: 0, configLoadedAt: 1 });
  assert.deepEqual([all.self.status().hasFailedReload, await samples(all, "config_last_reload_successful")], [true, [[
    0,
    {},
  ]]]);
  all.self.setRefusedElsewhere(false);
  assert.deepEqual([all.self.status().hasFailedReload, await samples(all, "config_last_reload_successful")], [false, [[
    1,
    {},
  ]]]);
});

Deno.test("L2: NETWORK_FAMILIES show an unreported chain as unknown, without a block", async () => {
  const all = watched(one, { clock: createFakeClock() });
  networkAt(all.store, 0).wasRead = true;
  const unknown = { chain: "unknown", chain_id: "unknown", network: "a", symbol: "" };
  assert.deepEqual(await samples(all, "network_info"), [[1, unknown]]);
  assert.doesNotMatch(await page(all), /network_block_number\{/);
});

Deno.test("PROCESS_FAMILIES show memory, processor time and start in base units", () => {
  const all = watched({}, { clock: createFakeClock() });
  const valueOf = (name: string): number => {
    const family = parseExposition(textOf(PROCESS_FAMILIES, all.snapshot())).find((each) => each.name === name);
    return family?.series[0]?.value ?? NaN;
  };
  assert.ok(valueOf("process_resident_memory_bytes") > 10e6);
  const started = valueOf("process_start_time_seconds");
  assert.ok(started <= Date.now() / 1000 && started > Date.now() / 1000 - 86_400);
  let cpu = valueOf("process_cpu_seconds_total");
  assert.ok(cpu > 0 && cpu < 86_400);
  for (let read = 0; read < 100; read++) {
    const next = valueOf("process_cpu_seconds_total");
    assert.ok(next >= cpu, "processor time went down");
    cpu = next;
  }
  assert.equal(valueOf("process_start_time_seconds"), started);
});
