import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import type { Clock } from "../../src/util/clock.ts";
import type { Format } from "../../src/metrics/encoders/encoders.ts";
import { createPageStore, type PageRequest, type PageStore } from "../../src/metrics/pages/page_store.ts";
import { type Body, concat } from "../../src/metrics/pages/piece.ts";
import { collectGarbage } from "../fakes/collect_garbage.ts";
import { parseExposition } from "../fakes/exposition_parser.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { createFakeClock, type FakeClock, settle } from "../fakes/fake_clock.ts";
import { parseOpenMetrics } from "../fakes/open_metrics.ts";
import { addressOf, COIN, type Entries, type Watched, watched } from "../fakes/watched.ts";

const one: Entries = { "https://a.example/": [{ address: addressOf(1), label: "w", min_balance_eth: 1 }] };
const hour = 3_600_000;

interface Stored extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly all: Watched;
  readonly store: PageStore;
  /** How often a page was rendered. */
  readonly renders: () => number;
  /** Makes the next renderings fail. */
  breakdown: boolean;
}

interface StoredOptions {
  readonly entries?: Entries;
  readonly staleAfter?: number;
  /** Milliseconds that every call of the clock costs, so that rendering has to yield. */
  readonly slow?: number;
}

function stored({ entries = one, staleAfter = 0, slow = 0 }: StoredOptions = {}): Stored {
  const clock = createFakeClock();
  const all = watched(entries, { clock, staleAfter });
  let count = 0;
  let spent = 0;
  const seen: Clock = { ...clock, now: () => clock.now() + (spent += slow) };
  const result = {
    clock,
    all,
    renders: () => count,
    breakdown: false,
    store: createPageStore({
      ...all,
      snapshot() {
        count++;
        if (result.breakdown) throw new TypeError("broken");
        return all.snapshot();
      },
      clock: seen,
    }),
    async [Symbol.asyncDispose](): Promise<void> {
      result.store.close();
      assert.equal(clock.sleepers, 0, "something still waits");
      // A rendering under way ends before the test does.
      result.breakdown = false;
      await clock.leap(1000);
      for (const request of REQUESTS) await result.store.get(request);
    },
  };
  return result;
}

const plain: PageRequest = { format: "text", gzip: false, names: [] };
const open: PageRequest = { ...plain, format: "openmetrics" };
const REQUESTS = [plain, { ...plain, gzip: true }, open, { ...open, gzip: true }] as const;

async function text(store: PageStore, request: PageRequest = plain): Promise<string> {
  const bytes = concat(await store.get(request));
  return new TextDecoder().decode(request.gzip ? gunzipSync(bytes) : bytes);
}

/** The value of the first sample of a family. */
async function value(store: PageStore, name: string, request: PageRequest = plain): Promise<number> {
  return Number(new RegExp(`^${name}(?:\\{.*\\})? (.*)$`, "m").exec(await text(store, request))?.[1]);
}

Deno.test("createPageStore() renders once for a hundred simultaneous scrapes, with the same bytes for all", async () => {
  await using page = stored();
  for (const request of REQUESTS) {
    const before = page.renders();
    const bodies = await Promise.all(Array.from({ length: 100 }, () => page.store.get(request)));
    assert.equal(new Set(bodies).size, 1);
    assert.equal(page.renders(), before + 1);
    await page.clock.advance(999);
    assert.equal(await page.store.get(request), bodies[0]);
  }
});

Deno.test("createPageStore() reads only live families again for a page that did not change", async () => {
  await using page = stored();
  const first = await page.store.get(plain);
  await page.clock.advance(1000);
  const second = await page.store.get(plain);
  assert.notEqual(second, first);
  assert.equal(page.renders(), 1);
  const body = (whole: Body): string => new TextDecoder().decode(concat(whole)).split("# HELP process_")[0] ?? "";
  assert.equal(body(second), body(first));
});

Deno.test("createPageStore() shows a change within a second, and not before", async () => {
  await using page = stored();
  page.all.record(0, [COIN]);
  assert.equal(await value(page.store, "wallet_balance_eth"), 1);
  page.all.record(0, [2n * COIN]);
  await page.clock.advance(999);
  assert.equal(await value(page.store, "wallet_balance_eth"), 1);
  await page.clock.advance(1);
  assert.equal(await value(page.store, "wallet_balance_eth"), 2);
  assert.equal(page.renders(), 2);
});

Deno.test("createPageStore() shows first balances at once, also on a page that was scraped before", async () => {
  await using page = stored({ entries: { ...one, "https://b.example/": [{ address: addressOf(2), label: "w" }] } });
  assert.equal(await value(page.store, "wallet_balance_eth"), NaN);
  // A change that brings no balance waits for its second.
  page.all.record(1, ["timeout"]);
  await page.clock.advance(4);
  page.all.record(0, [COIN]);
  await page.clock.advance(6);
  assert.equal(page.renders(), 2);
  assert.equal(await value(page.store, "wallet_balance_eth"), 1);
  page.all.record(1, [2n * COIN]);
  assert.equal((await text(page.store)).match(/^wallet_balance_eth\{/gm)?.length, 1);
  await page.clock.advance(10);
  assert.equal((await text(page.store)).match(/^wallet_balance_eth\{/gm)?.length, 2);
  assert.equal(page.renders(), 3);
});

Deno.test("createPageStore() renders once, and compresses nothing again, for all sets of names", async () => {
  await using page = stored();
  page.all.record(0, [COIN]);
  for (const request of REQUESTS) {
    const { parts } = await page.store.get(request);
    const before = page.renders();
    const names = ["wallet_balance_eth", "wallet_balance_wei", "wallet_balance_exporter_up"];
    const bodies = await Promise.all(
      Array.from({ length: 40 }, (_, index) => page.store.get({ ...request, names: names.slice(index % 3) })),
    );
    assert.equal(page.renders(), before);
    assert.ok(parts.length > 0);
    // The last parts are the end, which is each answer's own.
    const own = new Set(bodies.flatMap(({ parts }) => parts.filter(({ length }) => length > 200)));
    assert.ok(own.size <= 3, `${own.size} parts`);
  }
});

Deno.test("createPageStore() renders a change ahead in recently scraped formats only", async () => {
  await using page = stored();
  page.all.record(0, [COIN]);
  await page.clock.advance(5000);
  assert.equal(page.renders(), 0);
  await page.store.get(plain);
  await page.clock.advance(5000);
  page.all.record(0, [2n * COIN]);
  await page.clock.advance(0);
  assert.equal(page.renders(), 2);
  assert.equal(await value(page.store, "wallet_balance_eth"), 2);
  assert.equal(page.renders(), 2);
  await page.store.get(open);
  await page.clock.advance(5000);
  page.all.record(0, [3n * COIN]);
  await page.clock.advance(0);
  assert.equal(page.renders(), 5);
});

Deno.test("createPageStore() stops rendering ahead ten minutes after the last scrape", async () => {
  await using page = stored();
  await page.store.get(plain);
  await page.clock.advance(600_000 - 1);
  page.all.record(0, [COIN]);
  await page.clock.advance(0);
  assert.equal(page.renders(), 2);
  await page.clock.advance(1);
  page.all.record(0, [2n * COIN]);
  await page.clock.advance(hour);
  assert.equal(page.renders(), 2);
  assert.equal(await value(page.store, "wallet_balance_eth"), 2);
});

Deno.test("createPageStore() stops rendering ahead even if every page is old before it is finished", async () => {
  await using page = stored({ slow: 10 });
  await page.store.get(plain);
  await page.clock.advance(590_000);
  let before = 0;
  for (let change = 0; change < 28; change++) {
    page.all.record(0, [BigInt(change)]);
    await new Promise((resolve) => setTimeout(resolve, 0));
    page.all.record(0, [BigInt(change)]);
    await page.clock.advance(1000);
    if (change === 20) before = page.renders();
  }
  assert.equal(page.renders(), before);
});

Deno.test("createPageStore() renders at most once a second, however often the state changes or is scraped", async () => {
  await using page = stored();
  await page.store.get(plain);
  for (let change = 0; change < 40; change++) {
    page.all.record(0, [BigInt(change) * COIN]);
    await page.clock.advance(change % 3 === 0 ? 150 : 75);
    await page.store.get(plain);
    await page.store.get({ ...plain, gzip: true });
  }
  // 4.05 seconds, plain and compressed.
  assert.ok(page.renders() <= 12, `${page.renders()} renderings`);
  await page.clock.advance(1000);
  assert.equal(await value(page.store, "wallet_balance_eth"), 39);
  assert.ok(page.renders() <= 14, `${page.renders()} renderings`);
  const settled = page.renders();
  await page.clock.advance(60_000);
  assert.equal(page.renders(), settled);
});

Deno.test("createPageStore() does not render again ahead what a scrape has rendered", async () => {
  await using page = stored();
  await page.store.get(plain);
  page.all.record(0, [COIN]);
  // The scrape comes at the very moment at which the page may be rendered again.
  await page.clock.leap(1000);
  await page.store.get(plain);
  await page.clock.advance(10_000);
  assert.equal(page.renders(), 2);
});

Deno.test("createPageStore() renders ahead a change that came while it was rendering", async () => {
  await using page = stored({ slow: 10 });
  const scrape = text(page.store);
  await Promise.resolve();
  page.all.record(0, [COIN]);
  assert.doesNotMatch(await scrape, /^wallet_balance_eth\{/m);
  await page.clock.advance(2000);
  const before = page.renders();
  assert.equal(await value(page.store, "wallet_balance_eth"), 1);
  assert.equal(page.renders(), before);
});

Deno.test("createPageStore() shows one consistent generation, whatever changes while pages are rendered", async () => {
  const wallets = Array.from({ length: 300 }, (_, index) => ({ address: addressOf(index), label: "w" }));
  await using page = stored({ entries: { "https://a.example/": wallets }, slow: 5 });
  const change = (block: number): void => page.all.record(0, wallets.map(() => BigInt(block) * COIN), BigInt(block));
  const scrapes: Promise<{ readonly format: Format; readonly page: string }>[] = [];
  change(1);
  for (let block = 2; block < 8; block++) {
    for (const request of [plain, open, { ...plain, gzip: true }]) {
      scrapes.push(text(page.store, request).then((page) => ({ format: request.format, page })));
      await new Promise((resolve) => setTimeout(resolve, 0));
      change(block);
      await page.clock.advance(100);
    }
  }
  const blocks = new Set<number>();
  for (const { format, page } of await Promise.all(scrapes)) {
    const families = format === "text" ? parseExposition(page) : parseOpenMetrics(page);
    const values = new Map(families.map(({ name, series }) => [name, series.map(({ value }) => value)]));
    const [block = NaN] = values.get("wallet_balance_exporter_network_block_number") ?? [];
    for (const name of ["wallet_balance_eth", "wallet_balance_wei"]) {
      const factor = name === "wallet_balance_wei" ? 1e18 : 1;
      assert.deepEqual(new Set(values.get(name)), new Set([block * factor]), `${format}, block ${block}`);
    }
    blocks.add(block);
  }
  assert.ok(blocks.size > 1, "nothing changed meanwhile");
});

Deno.test("createPageStore() withdraws a balance that becomes too old without any change", async () => {
  await using page = stored({ staleAfter: hour });
  page.all.record(0, [COIN]);
  await page.store.get(plain);
  await page.clock.advance(hour);
  assert.equal(await value(page.store, "wallet_balance_eth"), 1);
  assert.equal(page.renders(), 1);
  await page.clock.advance(1);
  assert.equal(await value(page.store, "wallet_balance_eth"), NaN);
  assert.equal(page.renders(), 2);
  await page.clock.advance(10_000);
  await page.store.get(plain);
  assert.equal(page.renders(), 2);
});

Deno.test("createPageStore() compresses the same page", async () => {
  await using page = stored();
  page.all.record(0, [COIN]);
  const withoutEnd = (page: string): string => page.replace(/^process_.*$/gm, "");
  for (const request of [plain, open]) {
    for (const names of [[], ["wallet_balance_eth"], ["nothing"]]) {
      const [left, right] = [
        await text(page.store, { ...request, names }),
        await text(page.store, { ...request, names, gzip: true }),
      ];
      assert.equal(withoutEnd(left), withoutEnd(right));
    }
  }
});

Deno.test("createPageStore() filters by the names of families and of samples", async () => {
  await using page = stored();
  page.all.record(0, [COIN]);
  page.all.self.rpc.meterOf("a", "a.example").recordRequest({
    calls: new Map(),
    sentBytes: 1,
    receivedBytes: 1,
    seconds: 1,
    reasons: new Set(),
  });
  const found = async (names: readonly string[], request: PageRequest = plain): Promise<readonly string[]> => {
    const page_ = await text(page.store, { ...request, names });
    const families = request.format === "text" ? parseExposition(page_) : parseOpenMetrics(page_);
    return families.map(({ name }) => name);
  };
  const duration = "wallet_balance_exporter_rpc_duration_seconds";
  assert.deepEqual(await found(["wallet_balance_eth"]), ["wallet_balance_eth"]);
  assert.deepEqual(await found([`${duration}_bucket`]), [duration]);
  assert.deepEqual(await found([duration, "wallet_balance_wei", "process_cpu_seconds_total", "nothing"]), [
    "wallet_balance_wei",
    duration,
    "process_cpu_seconds_total",
  ]);
  assert.deepEqual(await found(["nothing"]), []);
  assert.deepEqual(await found(["nothing"], open), []);
  assert.equal(await text(page.store, { ...open, names: ["nothing"] }), "# EOF\n");
});

Deno.test("createPageStore() filters OpenMetrics by the names of that format too", async () => {
  await using page = stored();
  page.all.record(0, [COIN]);
  const counter = ["wallet_balance_spent_eth", "wallet_balance_spent_eth_total"];
  for (
    const [family = "", sample = ""] of [counter, ["process_cpu_seconds", "process_cpu_seconds_total"], [
      "wallet_balance_exporter",
      "wallet_balance_exporter_info",
    ]]
  ) {
    for (const name of [family, sample]) {
      const families = parseOpenMetrics(await text(page.store, { ...open, names: [name] }));
      assert.deepEqual(families.map(({ name }) => name), [family]);
    }
    assert.equal(await text(page.store, { ...plain, names: [family] }), "");
  }
});

Deno.test("createPageStore() logs a failure while rendering, and recovers", async () => {
  using log = catchLog();
  await using page = stored();
  await page.store.get(plain);
  page.breakdown = true;
  page.all.record(0, [COIN]);
  await page.clock.advance(1000);
  assert.deepEqual(log.lines, [{ level: "error", msg: "Rendering the metrics failed", error: "broken" }]);
  await assert.rejects(page.store.get(plain), { message: "broken" });
  page.breakdown = false;
  assert.equal(await value(page.store, "wallet_balance_eth"), 1);
});

Deno.test("createPageStore() renders nothing ahead once it is closed", async () => {
  await using page = stored();
  await page.store.get(plain);
  page.all.record(0, [COIN]);
  page.store.close();
  await page.clock.advance(10_000);
  page.all.record(0, [2n * COIN]);
  await page.clock.advance(10_000);
  assert.equal(page.renders(), 1);
});

async function isFreed(ref: WeakRef<object>): Promise<boolean> {
  await settle();
  collectGarbage();
  return ref.deref() === undefined;
}

Deno.test("createPageStore() does not hold the bodies of old pages", async () => {
  await using page = stored();
  const body = new WeakRef(await page.store.get(plain));
  page.all.record(0, [COIN]);
  await page.clock.advance(2000);
  // Only compressed pages are asked for from now on.
  await page.store.get({ ...plain, gzip: true });
  assert.ok(await isFreed(body), "the body of an old page is held");
});

Deno.test("createPageStore() does not hold pages that are no longer scraped", async () => {
  await using page = stored();
  const bodies = [new WeakRef(await page.store.get(open)), new WeakRef(await page.store.get({ ...open, gzip: true }))];
  await page.clock.advance(600_001);
  page.all.record(0, [COIN]);
  for (const body of bodies) assert.ok(await isFreed(body), "a page is held that nobody asks for");
});
