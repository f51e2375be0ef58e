import assert from "node:assert/strict";
import {
  confirmStrategy,
  createStrategySelector,
  isUsable,
  type LearnedStrategy,
  refreshStrategy,
  revertStrategy,
  skipDisabled,
  strategyOf,
  type StrategySelector,
} from "../../../src/evm/strategies/strategy_selector.ts";
import { STRATEGIES } from "../../../src/model/source.ts";
import { shrink } from "../../../src/evm/strategies/size_limit.ts";
import { catchLog } from "../../fakes/log_lines.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const CONTRACT = `0x${"ca".repeat(20)}`;

/** A selector on a strategy that works. */
function selectorOn(strategy: LearnedStrategy, known: Partial<StrategySelector> = {}): StrategySelector {
  return Object.assign(createStrategySelector(), { strategy, proven: true, ...known });
}

/** Notes that a strategy returned other balances than plain ones. */
function disable(selector: StrategySelector, strategy: LearnedStrategy, at: number): void {
  selector.comparisons.set(strategy, { chainId: 1, at, isEqual: false });
}

Deno.test("createStrategySelector() begins at the top, knows nothing, and has batches of 100 at most", () => {
  const { strategy, proven, backedOffOnRefusal, viewAttempts, chainMethod, chainReported, latest, sizes } =
    createStrategySelector();
  assert.deepEqual([strategy, proven, backedOffOnRefusal, viewAttempts], [
    "packed",
    false,
    false,
    1,
  ]);
  assert.deepEqual([chainMethod, chainReported, latest.head], ["unasked", false, "unasked"]);
  assert.equal(sizes.batch.size, 100);
  assert.equal(sizes.latest, sizes.batch);
});

Deno.test("strategyOf() names batches of one `single`, as the label does", () => {
  const selector = selectorOn("batch");
  const named = [100, 2, 1].map((size) => (selector.sizes.batch.size = size, strategyOf(selector)));
  for (const strategy of ["packed", "multicall", "latest"] as const) named.push(strategyOf({ ...selector, strategy }));
  assert.deepEqual(named, ["batch", "batch", "single", "packed", "multicall", "latest"]);
  assert.deepEqual(new Set(named), new Set(STRATEGIES));
});

Deno.test("refreshStrategy() lets every learned size grow when it is a day old", () => {
  const selector = createStrategySelector();
  const limits = [...new Set(Object.values(selector.sizes)), selector.views];
  const most = limits.map(({ size }) => size);
  for (const limit of limits) shrink(limit, limit.size, "size", 0);
  refreshStrategy(selector, DAY - 1);
  assert.deepEqual(limits.map(({ size }) => size), most.map((size) => size / 2));
  refreshStrategy(selector, DAY);
  assert.deepEqual(limits.map(({ size }) => size), most);
});

Deno.test("refreshStrategy() forgets oversized accounts after their time, on any strategy", () => {
  const selector = selectorOn("packed", {});
  selector.oversized.set("a", DAY).set("b", DAY + 1);
  refreshStrategy(selector, DAY - 1);
  assert.equal(selector.oversized.size, 2);
  refreshStrategy(selector, DAY);
  assert.deepEqual([...selector.oversized.keys()], ["b"]);
});

Deno.test("refreshStrategy() forgets refusals when a higher strategy is tried again", () => {
  const selector = selectorOn("batch", { upgradeAt: HOUR, failures: 2, chainMethod: "waived" });
  selector.latest.head = "refused";
  selector.oversized.set("a", Infinity);
  refreshStrategy(selector, HOUR - 1);
  assert.deepEqual([selector.strategy, selector.chainMethod, selector.oversized.size], ["batch", "waived", 1]);
  refreshStrategy(selector, HOUR);
  assert.deepEqual([selector.strategy, selector.previous, selector.proven, selector.failures], [
    "packed",
    "batch",
    false,
    0,
  ]);
  assert.deepEqual([selector.chainMethod, selector.latest.head, selector.oversized.size], ["failed", "unasked", 0]);
  assert.equal(selector.upgradeAt, Infinity);
});

Deno.test("refreshStrategy() keeps what an endpoint was found to answer", () => {
  const selector = selectorOn("batch", { upgradeAt: 0, chainMethod: "answered" });
  selector.latest.head = "reported";
  refreshStrategy(selector, 0);
  assert.deepEqual([selector.strategy, selector.chainMethod, selector.latest.head], ["packed", "answered", "reported"]);
});

Deno.test("refreshStrategy() waits for the first of the disabled higher strategies", () => {
  const selector = selectorOn("batch", { upgradeAt: HOUR, multicall: CONTRACT });
  disable(selector, "packed", 30);
  disable(selector, "multicall", 10);
  refreshStrategy(selector, HOUR);
  assert.deepEqual([selector.strategy, selector.upgradeAt], ["batch", DAY + 10]);
  // Multicall3 that was never found is not waited for.
  const without = selectorOn("batch", { upgradeAt: HOUR });
  disable(without, "packed", 30);
  refreshStrategy(without, HOUR);
  assert.deepEqual([without.strategy, without.upgradeAt], ["batch", DAY + 30]);
  refreshStrategy(without, DAY + 30);
  assert.equal(without.strategy, "packed");
});

Deno.test("skipDisabled() goes down to the next strategy that may be used, and never up", () => {
  const selector = selectorOn("packed", { failures: 2 });
  disable(selector, "packed", 0);
  skipDisabled(selector, DAY - 1);
  assert.deepEqual([selector.strategy, selector.proven, selector.failures], ["batch", false, 0]);
  const found = selectorOn("packed", { multicall: CONTRACT });
  disable(found, "packed", 0);
  skipDisabled(found, 0);
  assert.equal(found.strategy, "multicall");
  disable(found, "multicall", 0);
  found.comparisons.delete("packed");
  skipDisabled(found, 0);
  assert.equal(found.strategy, "batch");
});

Deno.test("skipDisabled() leaves a strategy alone that is not disabled, or no longer", () => {
  const selector = selectorOn("packed", { failures: 2 });
  skipDisabled(selector, 0);
  disable(selector, "packed", 0);
  skipDisabled(selector, DAY);
  assert.deepEqual([selector.strategy, selector.proven, selector.failures], ["packed", true, 2]);
});

Deno.test("isUsable() is a strategy that is not disabled, and Multicall3 only where it was found", () => {
  const selector = createStrategySelector();
  assert.ok(!isUsable(selector, "multicall", 0));
  selector.multicall = CONTRACT;
  assert.ok(isUsable(selector, "multicall", 0));
  disable(selector, "multicall", 0);
  assert.ok(!isUsable(selector, "multicall", DAY - 1));
  assert.ok(isUsable(selector, "multicall", DAY));
});

Deno.test("confirmStrategy() puts the next upgrade off only when it is new that the strategy works", async () => {
  const clock = createFakeClock();
  const selector = createStrategySelector();
  confirmStrategy(selector, "batch", "node", clock);
  const due = selector.upgradeAt;
  assert.equal(due, clock.now() + HOUR);
  await clock.advance(HOUR / 2);
  confirmStrategy(selector, "batch", "node", clock);
  assert.equal(selector.upgradeAt, due);
});

Deno.test("confirmStrategy() logs a strategy once: at info only when another one was used before", () => {
  using log = catchLog("debug");
  const clock = createFakeClock();
  const selector = createStrategySelector();
  const lines = (strategy: LearnedStrategy): readonly unknown[] => {
    confirmStrategy(selector, strategy, "node", clock);
    return (log.lines as unknown[]).splice(0);
  };
  const line = (level: string, what: string, strategy: string) => ({
    level,
    msg: `Read strategy ${what}`,
    endpoint: "node",
    strategy,
  });
  assert.deepEqual(lines("packed"), [line("debug", "confirmed", "packed")]);
  assert.deepEqual(lines("packed"), []);
  assert.deepEqual(lines("batch"), [line("info", "changed", "batch")]);
  refreshStrategy(selector, selector.upgradeAt);
  assert.equal(selector.strategy, "packed");
  assert.deepEqual(lines("batch"), [line("debug", "confirmed", "batch")], "a climb that failed changed nothing");
  refreshStrategy(selector, selector.upgradeAt);
  assert.deepEqual(lines("packed"), [line("info", "changed", "packed")]);
});

Deno.test("revertStrategy() returns to the previous strategy, if there is one, and resets its failures", () => {
  const selector = selectorOn("packed", { previous: "batch", failures: 2, proven: false });
  revertStrategy(selector, 0);
  assert.deepEqual([selector.strategy, selector.previous, selector.failures, selector.proven], [
    "batch",
    undefined,
    0,
    true,
  ]);
  revertStrategy(selector, 0);
  assert.equal(selector.strategy, "batch");
});
