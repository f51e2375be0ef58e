import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { Gauge, Registry } from "prom-client";
import { BLOCK } from "../../src/metrics/pages/blocks.ts";
import type { Format } from "../../src/metrics/encoders/encoders.ts";
import { GZIP } from "../../src/metrics/pages/gzip.ts";
import { type Compression, concat, type Piece, PLAIN } from "../../src/metrics/pages/piece.ts";
import { type Page, pick, renderPage } from "../../src/metrics/pages/render_page.ts";
import type { Snapshot } from "../../src/metrics/model/snapshot.ts";
import { collectGarbage } from "../fakes/collect_garbage.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { addressOf, COIN, type Entries, type Watched, watched } from "../fakes/watched.ts";

const clock = createFakeClock();

function filled(): Watched {
  const all = watched({ "https://a.example/": [{ address: addressOf(1), label: "ü", min_balance_eth: 1 }] }, { clock });
  all.record(0, [COIN]);
  return all;
}

/** Two networks, the first a bit larger than two blocks. */
function fleet(): Entries {
  const wallets = (count: number): Entries[string] =>
    Array.from({ length: count }, (_, index) => ({
      address: addressOf(index),
      label: `w${index}`,
      ...(index % 3 === 0 ? { min_balance_eth: 2 } : {}),
    }));
  return {
    "https://a.example/": [...wallets(2 * BLOCK + 5), { address: "0xbad", label: "b" }],
    "https://b.example/": wallets(9),
  };
}

function textOf(pieces: readonly Piece[], encoding: Compression = PLAIN): string {
  const bytes = concat(encoding.bodyOf(pieces));
  return new TextDecoder("utf-8", { fatal: true }).decode(encoding === GZIP ? gunzipSync(bytes) : bytes);
}

function render({ snapshot, self }: Watched, encoding: Compression = PLAIN): Promise<Page> {
  return renderPage(snapshot(), "text", { registry: self.registry, clock }, encoding);
}

Deno.test("renderPage() separates families, whatever bytes their characters take", async () => {
  for (const encoding of [PLAIN, GZIP]) {
    for (const all of [filled(), watched(fleet(), { clock })]) {
      const page = await render(all, encoding);
      for (const { names: [name = ""], pieces } of page.sections) {
        const text = textOf(pieces(), encoding);
        assert.ok(text.startsWith(`# HELP ${name} `), text);
        assert.equal(text.split("# TYPE ").length, 2, "more than one family");
        assert.ok(text.endsWith("\n"));
      }
      assert.equal(textOf(pick(page, () => true), encoding), textOf(page.pieces, encoding));
    }
  }
});

Deno.test("renderPage() yields to other work and still shows one moment", async () => {
  const all = filled();
  const registry = new Registry();
  const gauge = new Gauge({ name: "block", help: "B", registers: [registry] });
  gauge.set(1);
  let now = 0;
  let turns = 0;
  const slow = { ...clock, now: () => now += 10 };
  const rendering = renderPage(all.snapshot(), "text", { registry, clock: slow }, PLAIN);
  const timer = setTimeout(() => {
    turns++;
    gauge.set(2);
    all.record(0, [2n * COIN]);
  }, 0);
  const text = textOf((await rendering).pieces);
  clearTimeout(timer);
  assert.equal(turns, 1);
  assert.match(text, /^block\{.*\} 1$/m);
  assert.match(text, /^wallet_balance_eth\{.*\} 1$/m);
});

Deno.test("pick() returns families in the page's order, and none for unknown names", async () => {
  const page = await render(filled());
  const names = ["wallet_balance_exporter_up", "nothing", "wallet_balance_eth"];
  const text = textOf(pick(page, (own) => own.some((name) => names.includes(name))));
  assert.deepEqual(text.match(/(?<=^# TYPE )\S+/gm), ["wallet_balance_eth", "wallet_balance_exporter_up"]);
  assert.deepEqual(pick(page, (own) => own.includes("nothing")), []);
});

/** What happens between two pages: a poll of a network, or time that passes. */
const event = fc.oneof(
  fc.record({
    network: fc.constantFrom(0, 1),
    /** Which wallets get which coins. */
    every: fc.integer({ min: 1, max: 200 }),
    coins: fc.integer({ min: 0, max: 4 }),
    fails: fc.boolean(),
  }),
  fc.record({ passes: fc.integer({ min: 1, max: 5_000_000 }) }),
);

Deno.test("renderPage() makes the same page incrementally as from scratch", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { minLength: 2, maxLength: 8 }),
      fc.constantFrom<Format>("text", "openmetrics"),
      fc.constantFrom(PLAIN, GZIP),
      async (events, format, encoding) => {
        const clock = createFakeClock();
        const all = watched(fleet(), { clock, staleAfter: 3_600_000 });
        const options = { registry: all.self.registry, clock };
        let before: Page | undefined;
        let block = 100n;
        const last = [2 * BLOCK + 5, 9].map((count) => Array.from({ length: count }, () => COIN));
        for (const happened of events) {
          if ("passes" in happened) await clock.leap(happened.passes);
          else {
            const { network, every, coins, fails } = happened;
            const own = last[network] ?? [];
            for (let index = 0; index < own.length; index += every) own[index] = BigInt(coins) * COIN;
            all.record(network, own.map((wei, index) => fails && index % every === 1 ? "timeout" : wei), block++);
          }
          const snapshot = all.snapshot();
          const page: Page = await renderPage(snapshot, format, options, encoding, before);
          const again = await renderPage(snapshot, format, options, encoding);
          assert.equal(textOf(page.pieces, encoding), textOf(again.pieces, encoding));
          assert.equal(textOf(pick(page, () => true), encoding), textOf(again.pieces, encoding));
          before = page;
        }
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("renderPage() reuses exactly the blocks that did not change", async () => {
  const all = watched(fleet(), { clock });
  const options = { registry: all.self.registry, clock };
  const coins = Array.from({ length: 2 * BLOCK + 5 }, () => COIN);
  all.record(0, coins);
  const first = await renderPage(all.snapshot(), "text", options, GZIP);
  all.record(0, coins.with(BLOCK, 3n * COIN), 101n);
  const second = await renderPage(all.snapshot(), "text", options, GZIP, first);
  const same = (name: string): readonly boolean[] => {
    const blocksOf = (page: Page): readonly Piece[] =>
      page.sections.find(({ names }) => names.includes(name))?.blocks ?? [];
    return blocksOf(second).map((piece, index) => piece === blocksOf(first)[index]);
  };
  assert.deepEqual(same("wallet_balance_eth"), [true, false, true]);
  assert.deepEqual(same("wallet_balance_check_success").slice(0, 3), [true, true, true]);
  assert.deepEqual(same("wallet_balance_threshold_eth"), [true, true, true]);
});

Deno.test("renderPage() holds nothing of the pages before the last", async () => {
  const all = watched(fleet(), { clock });
  const options = { registry: all.self.registry, clock };
  let before: Page | undefined;
  const views: WeakRef<Snapshot>[] = [];
  for (let poll = 0n; poll < 5n; poll++) {
    all.record(0, Array.from({ length: 2 * BLOCK + 5 }, () => poll * COIN), 100n + poll);
    before = await renderPage(all.snapshot(), "text", options, GZIP, before);
    views.push(new WeakRef(before.snapshot));
  }
  const gone = (): readonly boolean[] => views.map((snapshot) => snapshot.deref() === undefined);
  // A busy machine may still run what holds them.
  for (let turn = 0; turn < 20 && gone().slice(0, -1).includes(false); turn++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    collectGarbage();
  }
  assert.deepEqual(gone(), [true, true, true, true, false]);
  assert.ok(before);
});
