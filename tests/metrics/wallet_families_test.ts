import assert from "node:assert/strict";
import fc from "fast-check";
import { Counter, Gauge, Registry } from "prom-client";
import { ENCODERS } from "../../src/metrics/encoders/encoders.ts";
import { createSnapshotter, type Snapshot } from "../../src/metrics/model/snapshot.ts";
import { encodeBlocks } from "../../src/metrics/pages/blocks.ts";
import type { WalletPlan } from "../../src/plan/plan.ts";
import type { AmountOrReason } from "../../src/evm/strategies/account_values.ts";
import { VERSION } from "../../src/version.ts";
import type { AccountState } from "../../src/poller/state.ts";
import { toUnits } from "../../src/poller/units.ts";
import { type Family, parseExposition } from "../fakes/exposition_parser.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { asSent, nastyText } from "../fakes/nasty_text.ts";
import { status, textOf, WALLET_FAMILIES } from "../fakes/page_text.ts";
import { addressOf, COIN, type Entries, type Entry, IDENTITY, networkAt, watched } from "../fakes/watched.ts";

const hour = 3_600_000;
const one: Entries = { "https://a.example/": [{ address: addressOf(1), label: "one", min_balance_eth: 2 }] };

function pageOf(snapshot: Snapshot): string {
  return asSent(textOf(WALLET_FAMILIES, snapshot));
}

function families(snapshot: Snapshot): ReadonlyMap<string, Family> {
  return new Map(parseExposition(pageOf(snapshot)).map((family) => [family.name, family]));
}

/** The values of a family's series. */
function values(snapshot: Snapshot, name: string): readonly number[] {
  return families(snapshot).get(name)?.series.map(({ value }) => value) ?? [];
}

/** Which per-wallet families have a sample. */
function shown(snapshot: Snapshot): readonly string[] {
  return [...families(snapshot).values()].filter(({ series }) => series.some(({ labels }) => "address" in labels))
    .map(({ name }) => name);
}

Deno.test("WALLET_FAMILIES start with the eight families of the original, in its order", () => {
  assert.deepEqual(WALLET_FAMILIES.slice(0, 8).map(({ name, type }) => `${name} ${type}`), [
    "wallet_balance_wei gauge",
    "wallet_balance_eth gauge",
    "wallet_balance_below_minimum gauge",
    "wallet_balance_check_success gauge",
    "wallet_balance_check_timestamp gauge",
    "wallet_balance_exporter_up gauge",
    "wallet_balance_exporter_last_check_timestamp gauge",
    "wallet_balance_exporter_info info",
  ]);
});

Deno.test("WALLET_FAMILIES show thresholds but no balance before the first reading", () => {
  const { snapshot } = watched(one, { clock: createFakeClock() });
  assert.deepEqual(shown(snapshot()), ["wallet_balance_threshold_eth"]);
  assert.deepEqual(values(snapshot(), "wallet_balance_exporter_up"), [1]);
  assert.deepEqual(values(snapshot(), "wallet_balance_exporter_last_check_timestamp"), []);
});

Deno.test("WALLET_FAMILIES have the label shard on wallet_balance_exporter_up only", () => {
  const clock = createFakeClock();
  const { store } = watched(one, { clock });
  for (const [shard, labels] of [[undefined, ""], [0, ',shard="0"'], [11, ',shard="11"']] as const) {
    const snapshot = createSnapshotter({ store, clock, identity: { ...IDENTITY, shard }, status, staleAfter: () => 0 });
    const text = pageOf(snapshot());
    assert.ok(text.includes(`wallet_balance_exporter_up{namespace="ns",release="rel"${labels}} 1\n`), text);
    assert.equal(text.match(/shard=/g)?.length ?? 0, shard === undefined ? 0 : 1);
  }
});

Deno.test("WALLET_FAMILIES without samples still have HELP and TYPE", () => {
  const { snapshot } = watched({}, { clock: createFakeClock() });
  const all = [...families(snapshot()).values()];
  assert.deepEqual(all.map(({ name }) => name), WALLET_FAMILIES.map(({ name }) => name));
  assert.ok(all.every(({ help }) => /^[A-Z0-9].*\.$/.test(help)));
});

Deno.test("WALLET_FAMILIES show a first failure as a failed check and nothing else", () => {
  const all = watched(one, { clock: createFakeClock() });
  all.record(0, ["timeout"]);
  assert.deepEqual(shown(all.snapshot()), ["wallet_balance_check_success", "wallet_balance_threshold_eth"]);
  assert.deepEqual(values(all.snapshot(), "wallet_balance_check_success"), [0]);
});

Deno.test("WALLET_FAMILIES keep the last good value after a failure, with the time of its reading", async () => {
  const clock = createFakeClock();
  const all = watched(one, { clock });
  all.record(0, [COIN]);
  await clock.advance(60_000);
  all.record(0, ["timeout"]);
  const snapshot = all.snapshot();
  assert.deepEqual(values(snapshot, "wallet_balance_wei"), [1e18]);
  assert.deepEqual(values(snapshot, "wallet_balance_eth"), [1]);
  assert.deepEqual(values(snapshot, "wallet_balance_below_minimum"), [1]);
  assert.deepEqual(values(snapshot, "wallet_balance_check_success"), [0]);
  assert.deepEqual(values(snapshot, "wallet_balance_check_timestamp"), [1_700_000_000]);
  assert.deepEqual(values(snapshot, "wallet_balance_exporter_last_check_timestamp"), [1_700_000_060]);
});

Deno.test("WALLET_FAMILIES withdraw a balance that is too old, and keep everything else", async () => {
  const clock = createFakeClock();
  const all = watched(one, { clock, staleAfter: 24 * hour });
  all.record(0, [3n * COIN]);
  all.record(0, [COIN]);
  const before = shown(all.snapshot());
  await clock.advance(24 * hour);
  assert.deepEqual(shown(all.snapshot()), before);
  await clock.advance(1);
  assert.deepEqual(shown(all.snapshot()), [
    "wallet_balance_check_success",
    "wallet_balance_check_timestamp",
    "wallet_balance_threshold_eth",
    "wallet_balance_spent_eth_total",
    "wallet_balance_received_eth_total",
  ]);
  assert.deepEqual(values(all.snapshot(), "wallet_balance_spent_eth_total"), [2]);
  assert.deepEqual(values(all.snapshot(), "wallet_balance_check_timestamp"), [1_700_000_000]);
  all.record(0, [COIN]);
  assert.deepEqual(shown(all.snapshot()), before);
});

Deno.test("WALLET_FAMILIES withdraw by the monotonic clock, whatever the wall clock does", async () => {
  const clock = createFakeClock();
  const all = watched(one, { clock, staleAfter: hour });
  all.record(0, [COIN]);
  clock.setWall(100_000);
  assert.deepEqual(values(all.snapshot(), "wallet_balance_eth"), [1]);
  clock.setWall(-200_000);
  await clock.advance(hour + 1);
  assert.deepEqual(values(all.snapshot(), "wallet_balance_eth"), []);
});

Deno.test("WALLET_FAMILIES show a balance for ever when staleAfter is 0", async () => {
  const clock = createFakeClock();
  const all = watched(one, { clock, staleAfter: 0 });
  all.record(0, [COIN]);
  await clock.advance(10_000 * hour);
  assert.deepEqual(values(all.snapshot(), "wallet_balance_eth"), [1]);
});

Deno.test("WALLET_FAMILIES compare exactly and strictly, and never below without a minimum", () => {
  const minimums: readonly unknown[] = [1, "1.000000000000000001", 0, null, -1, "1.0000000000000000001"];
  const entries = {
    "https://a.example/": minimums.map((min_balance_eth, label) => ({ address: addressOf(1), label, min_balance_eth })),
  };
  const all = watched(entries, { clock: createFakeClock() });
  all.record(0, [COIN]);
  const series = families(all.snapshot()).get("wallet_balance_below_minimum")?.series ?? [];
  assert.deepEqual(series.map(({ labels, value }) => [labels["min_balance_eth"], value]), [
    ["1", 0],
    ["1.000000000000000001", 1],
    ["", 0],
    ["", 0],
    ["-1", 0],
    ["1.0000000000000000001", 1],
  ]);
});

Deno.test("WALLET_FAMILIES show several minimums of one wallet, and the strictest as its threshold", () => {
  const minimums = [1, 5, "2.50", null];
  const entries = {
    "https://a.example/": minimums.map((min_balance_eth) => ({ address: addressOf(1), label: "w", min_balance_eth })),
  };
  const all = watched(entries, { clock: createFakeClock() });
  all.record(0, [2n * COIN]);
  const snapshot = all.snapshot();
  const series = families(snapshot).get("wallet_balance_below_minimum")?.series ?? [];
  assert.deepEqual(series.map(({ labels, value }) => [labels["min_balance_eth"], value]), [
    ["1", 0],
    ["5", 1],
    ["2.50", 1],
    ["", 0],
  ]);
  const [threshold] = families(snapshot).get("wallet_balance_threshold_eth")?.series ?? [];
  assert.deepEqual([threshold?.value, threshold?.labels["level"]], [5, "minimum"]);
  assert.deepEqual(values(snapshot, "wallet_balance_eth"), [2]);
});

Deno.test("WALLET_FAMILIES show a balance whose minimum is invalid, as a failed check", () => {
  for (const min_balance_eth of [true, "abc", "NaN", "Infinity", [], {}]) {
    const entries = { "https://a.example/": [{ address: addressOf(1), label: "w", min_balance_eth }] };
    const all = watched(entries, { clock: createFakeClock() });
    all.record(0, [COIN]);
    assert.deepEqual(shown(all.snapshot()), [
      "wallet_balance_wei",
      "wallet_balance_eth",
      "wallet_balance_check_success",
      "wallet_balance_spent_eth_total",
      "wallet_balance_received_eth_total",
    ]);
    assert.deepEqual(values(all.snapshot(), "wallet_balance_check_success"), [0]);
  }
});

Deno.test("WALLET_FAMILIES show a rejected entry as a failed check, with its labels verbatim", () => {
  const entries = {
    "https://a.example/": [{ address: "0xZZ", label: 'a"b\n' }, { address: addressOf(1), label: "good" }],
  };
  const all = watched(entries, { clock: createFakeClock() });
  const before = families(all.snapshot()).get("wallet_balance_check_success")?.series ?? [];
  assert.deepEqual(before, [{
    name: "wallet_balance_check_success",
    labels: { address: "0xZZ", label: 'a"b\n', namespace: "ns", network: "a", release: "rel" },
    value: 0,
  }]);
  all.record(0, [COIN]);
  assert.deepEqual(values(all.snapshot(), "wallet_balance_check_success"), [1, 0]);
  assert.deepEqual(values(all.snapshot(), "wallet_balance_eth"), [1]);
});

Deno.test("WALLET_FAMILIES show one reading under each label of its address", () => {
  const entries = { "https://a.example/": ["x", "y"].map((label) => ({ address: addressOf(1), label })) };
  const all = watched(entries, { clock: createFakeClock() });
  assert.equal(networkAt(all.store, 0).accounts.size, 1);
  all.record(0, [COIN]);
  const series = families(all.snapshot()).get("wallet_balance_eth")?.series ?? [];
  assert.deepEqual(series.map(({ labels, value }) => [labels["label"], value]), [["x", 1], ["y", 1]]);
});

Deno.test("WALLET_FAMILIES show the end of the last poll of the network furthest behind", async () => {
  const clock = createFakeClock();
  const wallet = [{ address: addressOf(1), label: "w" }];
  const all = watched({ "https://a.example/": wallet, "https://b.example/": wallet, "https://c.example/": [] }, {
    clock,
  });
  const lastCheck = (): readonly number[] => values(all.snapshot(), "wallet_balance_exporter_last_check_timestamp");
  all.record(0, [COIN]);
  all.record(2, []);
  assert.deepEqual(lastCheck(), []);
  await clock.advance(10_000);
  all.record(1, ["timeout"]);
  assert.deepEqual(lastCheck(), [1_700_000_000]);
  await clock.advance(10_000);
  all.record(0, [COIN]);
  assert.deepEqual(lastCheck(), [1_700_000_000]);
  all.record(2, []);
  assert.deepEqual(lastCheck(), [1_700_000_010]);
});

Deno.test("WALLET_FAMILIES show the present time when no network is configured, and no page is good for longer", async () => {
  const clock = createFakeClock();
  const { snapshot } = watched({}, { clock });
  for (const [time, goodUntil] of [[1_700_000_000, 1000], [1_700_000_005, 6000]]) {
    assert.deepEqual(values(snapshot(), "wallet_balance_exporter_last_check_timestamp"), [time]);
    assert.equal(snapshot().goodUntil, goodUntil);
    await clock.advance(5000);
  }
});

const nasty = nastyText(8);
const entry: fc.Arbitrary<Entry> = fc.record({
  address: fc.oneof(fc.integer({ min: 1, max: 4 }).map(addressOf), nasty),
  label: fc.oneof(nasty, fc.constantFrom<unknown>("same", 7, null)),
  min_balance_eth: fc.constantFrom<unknown>(undefined, null, 0, 1, 1.5, "2.50", "1e400", "-3", true, "abc"),
});
const host = fc.constantFrom("a.one", "a.two", "a_2.x", "b:8545", 'q"\\.x', "\ud800.x");
const config: fc.Arbitrary<Entries> = fc.dictionary(
  host.map((host) => `https://${host}/`),
  fc.array(entry, { maxLength: 6 }),
  { maxKeys: 4 },
);
const outcome: fc.Arbitrary<AmountOrReason> = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
  fc.constant("timeout" as const),
);
const polls = fc.array(fc.array(outcome, { minLength: 1 }), { maxLength: 3 });

function filled(entries: Entries, polls: readonly (readonly AmountOrReason[])[]): Snapshot {
  const all = watched(entries, { clock: createFakeClock() });
  for (const outcomes of polls) {
    for (const [index, { plan }] of all.store.networks.entries()) {
      all.record(index, plan.accounts.map((_, place) => outcomes[place % outcomes.length] ?? "missing"));
    }
  }
  return all.snapshot();
}

Deno.test("WALLET_FAMILIES never repeat a series, sort labels, and show finite numbers only", () => {
  fc.assert(
    fc.property(config, polls, (entries, polls) => {
      // The parser refuses a series that stands twice.
      for (const { name, series } of parseExposition(pageOf(filled(entries, polls)))) {
        for (const { labels, value } of series) {
          assert.deepEqual(Object.keys(labels), Object.keys(labels).toSorted());
          assert.deepEqual([labels["namespace"], labels["release"]], ["ns", "rel"]);
          assert.ok(Number.isFinite(value), `${name} is ${value}`);
          assert.ok(value >= 0 || name === "wallet_balance_threshold_eth", `${name} is ${value}`);
        }
      }
    }),
    { numRuns: 200 },
  );
});

/** What prom-client holds for a snapshot. Its samples are made here again, from the store and not from our texts. */
function promClient({ networks, lastCheck }: Snapshot): Registry {
  const registry = new Registry();
  const registers = [registry];
  const wallet = ["address", "label", "level", "min_balance_eth", "namespace", "network", "release", "version"];
  const made = new Map(WALLET_FAMILIES.map(({ name, type, help }) => {
    const metric = type === "counter"
      ? new Counter({ name, help, labelNames: wallet, registers })
      : new Gauge({ name, help, labelNames: wallet, registers });
    return [name, metric];
  }));
  const set = (name: string, labels: Record<string, string>, value: number): void => {
    const metric = made.get(name);
    if (metric instanceof Counter) metric.inc(labels, value);
    if (metric instanceof Gauge) metric.set(labels, value);
  };
  const each = (
    show: (
      plan: WalletPlan,
      account: AccountState,
      labels: (more?: Record<string, string>) => Record<string, string>,
    ) => void,
  ): void => {
    for (const { plan, states } of networks) {
      for (const [index, own] of plan.wallets.entries()) {
        const account = states["native"]?.[index];
        const { address, label } = own;
        if (account !== undefined) {
          show(
            own,
            account,
            (more = {}) => ({ address, label, ...more, ...identity, network: plan.networkLabel, release: "rel" }),
          );
        }
      }
    }
  };
  const identity = { namespace: IDENTITY.namespace };
  each((own, { reading, attempted, failure, spent, received }, labels) => {
    if (attempted) {
      set("wallet_balance_check_success", labels(), failure === undefined && !own.hasInvalidMinimum ? 1 : 0);
    }
    const minimums = own.minimums.flatMap(({ coins }) => coins ?? []).toSorted((one, other) => other - one);
    const [strictest] = minimums;
    if (strictest !== undefined) set("wallet_balance_threshold_eth", labels({ level: "minimum" }), strictest);
    if (reading === undefined) return;
    set("wallet_balance_wei", labels(), Number(reading.amount));
    set("wallet_balance_eth", labels(), toUnits(reading.amount));
    if (!own.hasInvalidMinimum) set("wallet_balance_check_timestamp", labels(), reading.at);
    set("wallet_balance_spent_eth_total", labels(), toUnits(spent));
    set("wallet_balance_received_eth_total", labels(), toUnits(received));
    for (const { label, belowWei = 0n } of own.minimums) {
      set("wallet_balance_below_minimum", labels({ min_balance_eth: label }), reading.amount < belowWei ? 1 : 0);
    }
  });
  for (const { plan: { rejected, networkLabel: network } } of networks) {
    for (const { address, label } of rejected) {
      set("wallet_balance_check_success", { address, label, ...identity, network, release: "rel" }, 0);
    }
  }
  const common = { ...identity, release: "rel" };
  set("wallet_balance_exporter_up", common, 1);
  set("wallet_balance_exporter_info", { ...common, version: VERSION }, 1);
  if (!Number.isNaN(lastCheck)) set("wallet_balance_exporter_last_check_timestamp", common, lastCheck);
  return registry;
}

/** One series whose minimum is 0 and none: both have the same label, one is a number. */
const ZERO_AND_NONE = [{ address: addressOf(3), label: "", min_balance_eth: 0 }, { address: addressOf(3), label: "" }];

Deno.test("WALLET_FAMILIES are written as prom-client writes them, line by line", async () => {
  await fc.assert(
    fc.asyncProperty(config, polls, async (entries, polls) => {
      const snapshot = filled(entries, polls);
      const our = pageOf(snapshot);
      const their = asSent(await promClient(snapshot).metrics());
      assert.deepEqual(our.split("\n").filter((line) => line !== ""), their.split("\n").filter((line) => line !== ""));
      assert.deepEqual(parseExposition(our), parseExposition(their));
    }),
    { numRuns: 200, examples: [[{ "https://a.one/": ZERO_AND_NONE }, []]] },
  );
});

Deno.test("WALLET_FAMILIES print exactly their samples in the fast path", () => {
  const { text } = ENCODERS;
  fc.assert(
    fc.property(config, polls, (entries, polls) => {
      const snapshot = filled(entries, polls);
      for (const family of WALLET_FAMILIES) {
        const lines = [...family.samples(snapshot)].map((sample) => text.sample(family, sample, snapshot.common));
        assert.equal([...encodeBlocks(text, family, snapshot)].join(""), lines.join(""), family.name);
      }
    }),
    { numRuns: 100 },
  );
});
