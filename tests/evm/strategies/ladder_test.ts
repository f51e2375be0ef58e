import assert from "node:assert/strict";
import {
  createLadder,
  goBack,
  isUsable,
  type Ladder,
  reconsider,
  type Rung,
  settle,
  skipDisabled,
  strategyOf,
} from "../../../src/evm/strategies/ladder.ts";
import { STRATEGIES } from "../../../src/model/source.ts";
import { shrink } from "../../../src/evm/strategies/size_limit.ts";
import { catchLog } from "../../fakes/log_lines.ts";
import { createManualClock } from "../../fakes/manual_clock.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const CONTRACT = `0x${"ca".repeat(20)}`;

/** A ladder on a rung that works. */
function ladderOn(rung: Rung, known: Partial<Ladder> = {}): Ladder {
  return Object.assign(createLadder(), { rung, proven: true, ...known });
}

/** Notes that a strategy returned other balances than plain ones. */
function disable(ladder: Ladder, rung: Rung, at: number): void {
  ladder.comparisons.set(rung, { chainId: 1, at, isEqual: false });
}

Deno.test("createLadder() begins at the top, knows nothing, and asks for no more than 100 in a batch", () => {
  const { rung, proven, refusedInVain, viewsWorked, viewFailures, chainMethod, chainReported, latest, sizes } =
    createLadder();
  assert.deepEqual([rung, proven, refusedInVain, viewsWorked, viewFailures], ["packed", false, false, false, 0]);
  assert.deepEqual([chainMethod, chainReported, latest.head], ["unasked", false, "unasked"]);
  assert.equal(sizes.batch.size, 100);
  assert.equal(sizes.latest, sizes.batch);
});

Deno.test("strategyOf() names batches of one `single`, as the label does", () => {
  const ladder = ladderOn("batch");
  const named = [100, 2, 1].map((size) => (ladder.sizes.batch.size = size, strategyOf(ladder)));
  for (const rung of ["packed", "multicall", "latest"] as const) named.push(strategyOf({ ...ladder, rung }));
  assert.deepEqual(named, ["batch", "batch", "single", "packed", "multicall", "latest"]);
  assert.deepEqual(new Set(named), new Set(STRATEGIES));
});

Deno.test("reconsider() lets every learned size grow when it is a day old", () => {
  const ladder = createLadder();
  const limits = [...new Set(Object.values(ladder.sizes)), ladder.views];
  const most = limits.map(({ size }) => size);
  for (const limit of limits) shrink(limit, limit.size, "size", 0);
  reconsider(ladder, DAY - 1);
  assert.deepEqual(limits.map(({ size }) => size), most.map((size) => size / 2));
  reconsider(ladder, DAY);
  assert.deepEqual(limits.map(({ size }) => size), most);
});

Deno.test("reconsider() forgets what a higher rung may not be refused any more", () => {
  const ladder = ladderOn("batch", { climbAt: HOUR, doubts: 2, chainMethod: "waived" });
  ladder.latest.head = "refused";
  ladder.oversized.add("a");
  reconsider(ladder, HOUR - 1);
  assert.deepEqual([ladder.rung, ladder.chainMethod, ladder.oversized.size], ["batch", "waived", 1]);
  reconsider(ladder, HOUR);
  assert.deepEqual([ladder.rung, ladder.left, ladder.proven, ladder.doubts], ["packed", "batch", false, 0]);
  assert.deepEqual([ladder.chainMethod, ladder.latest.head, ladder.oversized.size], ["failed", "unasked", 0]);
  assert.equal(ladder.climbAt, Infinity);
});

Deno.test("reconsider() keeps what an endpoint was found to answer", () => {
  const ladder = ladderOn("batch", { climbAt: 0, chainMethod: "answered" });
  ladder.latest.head = "reported";
  reconsider(ladder, 0);
  assert.deepEqual([ladder.rung, ladder.chainMethod, ladder.latest.head], ["packed", "answered", "reported"]);
});

Deno.test("reconsider() waits for the first of the higher rungs that are disabled", () => {
  const ladder = ladderOn("batch", { climbAt: HOUR, multicall: CONTRACT });
  disable(ladder, "packed", 30);
  disable(ladder, "multicall", 10);
  reconsider(ladder, HOUR);
  assert.deepEqual([ladder.rung, ladder.climbAt], ["batch", DAY + 10]);
  // Multicall3 that was never found is not waited for.
  const without = ladderOn("batch", { climbAt: HOUR });
  disable(without, "packed", 30);
  reconsider(without, HOUR);
  assert.deepEqual([without.rung, without.climbAt], ["batch", DAY + 30]);
  reconsider(without, DAY + 30);
  assert.equal(without.rung, "packed");
});

Deno.test("skipDisabled() goes down to the next rung that may be used, and never up", () => {
  const ladder = ladderOn("packed", { doubts: 2 });
  disable(ladder, "packed", 0);
  skipDisabled(ladder, DAY - 1);
  assert.deepEqual([ladder.rung, ladder.proven, ladder.doubts], ["batch", false, 0]);
  const found = ladderOn("packed", { multicall: CONTRACT });
  disable(found, "packed", 0);
  skipDisabled(found, 0);
  assert.equal(found.rung, "multicall");
  disable(found, "multicall", 0);
  found.comparisons.delete("packed");
  skipDisabled(found, 0);
  assert.equal(found.rung, "batch");
});

Deno.test("skipDisabled() leaves a rung alone that is not disabled, or no longer", () => {
  const ladder = ladderOn("packed", { doubts: 2 });
  skipDisabled(ladder, 0);
  disable(ladder, "packed", 0);
  skipDisabled(ladder, DAY);
  assert.deepEqual([ladder.rung, ladder.proven, ladder.doubts], ["packed", true, 2]);
});

Deno.test("isUsable() is a rung that is not disabled, and Multicall3 only where it was found", () => {
  const ladder = createLadder();
  assert.ok(!isUsable(ladder, "multicall", 0));
  ladder.multicall = CONTRACT;
  assert.ok(isUsable(ladder, "multicall", 0));
  disable(ladder, "multicall", 0);
  assert.ok(!isUsable(ladder, "multicall", DAY - 1));
  assert.ok(isUsable(ladder, "multicall", DAY));
});

Deno.test("settle() puts the next climb off only when it is news that the rung works", async () => {
  const clock = createManualClock();
  const ladder = createLadder();
  settle(ladder, "batch", "node", clock);
  const due = ladder.climbAt;
  assert.equal(due, clock.now() + HOUR);
  await clock.advance(HOUR / 2);
  settle(ladder, "batch", "node", clock);
  assert.equal(ladder.climbAt, due);
});

Deno.test("settle() logs a strategy once: as news to people only when another one was used before", () => {
  using log = catchLog("debug");
  const clock = createManualClock();
  const ladder = createLadder();
  const lines = (rung: Rung): readonly unknown[] => {
    settle(ladder, rung, "node", clock);
    return (log.lines as unknown[]).splice(0);
  };
  const line = (level: string, way: string, strategy: string) => ({
    level,
    msg: `Endpoint is read ${way} way`,
    endpoint: "node",
    strategy,
  });
  assert.deepEqual(lines("packed"), [line("debug", "this", "packed")]);
  assert.deepEqual(lines("packed"), []);
  assert.deepEqual(lines("batch"), [line("info", "another", "batch")]);
  reconsider(ladder, ladder.climbAt);
  assert.equal(ladder.rung, "packed");
  assert.deepEqual(lines("batch"), [line("debug", "this", "batch")], "a climb that failed changed nothing");
  reconsider(ladder, ladder.climbAt);
  assert.deepEqual(lines("packed"), [line("info", "another", "packed")]);
});

Deno.test("goBack() returns to the rung that was left, without doubts; to none where none was", () => {
  const ladder = ladderOn("packed", { left: "batch", doubts: 2, proven: false });
  goBack(ladder, 0);
  assert.deepEqual([ladder.rung, ladder.left, ladder.doubts, ladder.proven], ["batch", undefined, 0, true]);
  goBack(ladder, 0);
  assert.equal(ladder.rung, "batch");
});
