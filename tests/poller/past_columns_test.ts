import assert from "node:assert/strict";
import fc from "fast-check";
import { type Columns, createColumns, SCALE } from "../../src/poller/columns.ts";
import { createHistory } from "../../src/poller/history.ts";
import { addPast, nearestColumn } from "../../src/poller/past_columns.ts";
import { toAccounts } from "../fakes/accounts.ts";
import { accountsOf } from "../fakes/open_pool.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const ACCOUNTS = toAccounts(accountsOf(3)).map((account, place) => ({ ...account, place }));
const [A, B, C] = ACCOUNTS;
assert.ok(A !== undefined && B !== undefined && C !== undefined);

Deno.test("addPast() puts readings before the first, the newest first", () => {
  const history = createHistory(ACCOUNTS);
  history.add(A, 0, 0n);
  history.addPast(-HOUR, [[A, -5n], [B, 1n]]);
  history.addPast(-2 * HOUR, [[A, 20n]]);
  history.add(A, MINUTE, -1n);
  assert.deepEqual(history.points(A), [
    { at: -2 * HOUR, changeSince: 14 },
    { at: -HOUR, changeSince: -6 },
    { at: 0, changeSince: -1 },
    { at: MINUTE, changeSince: 0 },
  ]);
  assert.deepEqual(history.change(A, "day"), {
    amount: 14,
    spent: 6,
    spentSeconds: 3660,
    largest: 5,
    largestSeconds: 3600,
    seconds: 7260,
  });
  assert.equal(history.change(A, "hour")?.seconds, 3660);
  assert.deepEqual([history.points(B), history.first(A), history.first(B)], [
    [],
    { at: -2 * HOUR, changeSince: 14 },
    undefined,
  ]);
  assert.deepEqual(ACCOUNTS.map((account) => history.spentBefore(account)), [true, false, false]);
});

Deno.test("addPast() ignores what is not older than what is known", () => {
  const history = createHistory(ACCOUNTS);
  history.add(A, 0, 0n);
  history.addPast(-HOUR, [[A, -5n]]);
  for (const at of [-HOUR, -HOUR / 2, 0, HOUR]) history.addPast(at, [[A, -100n]]);
  assert.deepEqual(history.points(A).map(({ changeSince }) => changeSince), [-5, 0]);
});

Deno.test("a history keeps what was read of the past for a day, beside all that is read since", () => {
  for (const interval of [10_000, MINUTE, 5 * MINUTE, HOUR / 2]) {
    const history = createHistory(ACCOUNTS);
    history.add(A, 0, 0n);
    for (let hour = 1; hour <= 24; hour++) history.addPast(-hour * HOUR, [[A, -60n]]);
    for (let at = interval; at <= 30 * HOUR; at += interval) {
      history.add(A, at, BigInt(-interval / 10_000));
      if (at % HOUR !== 0) continue;
      const [first] = history.points(A);
      const age = (at - (first?.at ?? NaN)) / HOUR;
      assert.ok(age >= 23.5 && age <= 25, `${age} h known ${at / HOUR} h after the start`);
      const { spent = 0, seconds = 0 } = history.change(A, "day") ?? {};
      assert.ok(Math.abs(seconds / 86_400 - 1) < 0.03, `${seconds} s`);
      const expected = 60 * Math.max(0, 24 - at / HOUR) + 360 * Math.min(24, at / HOUR);
      assert.ok(Math.abs(spent / expected - 1) < 0.06, `${spent} of ${expected} after ${at / HOUR} h`);
    }
  }
});

Deno.test("addPast() finds room in a full history for an account that a reload added", () => {
  const before = createHistory(ACCOUNTS.slice(0, 1));
  for (let at = 0; at <= 30 * HOUR; at += MINUTE) before.add(A, at, at === 0 ? 0n : -1n);
  const others = ACCOUNTS.map(({ place: _, ...account }, place) => ({ ...account, place }));
  const [one, other] = others;
  assert.ok(one !== undefined && other !== undefined);
  const history = before.withAccounts(others);
  const known = history.points(one);
  const now = 30 * HOUR + MINUTE;
  history.add(other, now, 0n);
  for (let hour = 1; hour <= 24; hour++) {
    const at = history.nearestTo(now - hour * HOUR) ?? now - hour * HOUR;
    assert.ok(Math.abs(at - (now - hour * HOUR)) <= 30 * MINUTE);
    // The block that is found is a little older.
    history.addPast(at - MINUTE, [[other, -7n]]);
  }
  assert.equal(history.points(other).length, 25);
  assert.equal(history.points(other)[0]?.changeSince, -168);
  assert.deepEqual(history.points(one).slice(0, -1), known.slice(0, -1), "the others keep theirs");
});

Deno.test("withAccounts() keeps what was read of the past", () => {
  const history = createHistory(ACCOUNTS);
  history.add(A, 0, 0n);
  history.addPast(-HOUR, [[A, -5n]]);
  const [other, moved] = [C, A].map(({ place: _, ...account }, place) => ({ ...account, place }));
  assert.ok(other !== undefined && moved !== undefined);
  const next = history.withAccounts([other, moved]);
  assert.deepEqual([next.spentBefore(moved), next.spentBefore(other)], [true, false]);
  assert.equal(next.first(moved)?.at, -HOUR);
  next.add(moved, 25 * HOUR, -1n);
  assert.equal(next.first(moved)?.at, 0, "it is dropped when it is a day old");
});

Deno.test("addPast() keeps sums, whatever is read when", () => {
  const steps = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 3 * HOUR }), fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n })),
    {
      maxLength: 24,
    },
  );
  fc.assert(fc.property(steps, steps, (before, after) => {
    const history = createHistory(ACCOUNTS);
    history.add(A, 0, 0n);
    let at = 0;
    const truth: { at: number; since: number }[] = [{ at: 0, since: 0 }];
    for (const [wait, change] of before) {
      at -= 20 * MINUTE + wait;
      history.addPast(at, [[A, change]]);
      truth.unshift({ at, since: (truth[0]?.since ?? 0) + Number(change) });
    }
    const scale = truth.reduce((most, { since }) => Math.max(most, Math.abs(since)), 1);
    for (const point of history.points(A)) {
      const exact = truth.find((each) => each.at === point.at);
      assert.ok(exact !== undefined, "a point of another time");
      assert.ok(Math.abs(point.changeSince - exact.since) <= 1e-5 * scale);
    }
    let now = 0;
    for (const [wait, change] of after) history.add(A, now += wait, change);
    const total = after.reduce((sum, [, change]) => sum + Number(change), 0);
    const last = history.points(A).at(-1);
    assert.ok(last !== undefined && last.changeSince === 0 && Number.isFinite(total));
  }));
});

/** Columns of two accounts; each with its end and the changes of both, undefined where one was not read. */
function columnsOf(...list: readonly (readonly [number, number | undefined, number | undefined])[]): Columns {
  return {
    max: { columns: 4, step: 960 },
    step: 960,
    list: list.map(([end, ...changes]) => ({
      end,
      values: Float32Array.from(changes, (change) => change === undefined ? NaN : change * SCALE),
    })),
  };
}

function shown({ list }: Columns): unknown {
  return list.map(({ end, values }) => [end, ...Array.from(values, (value) => value / SCALE)]);
}

const change = (place: number, amount: bigint) => [{ place, change: amount }];

Deno.test("addPast() moves an account's first reading to the past, and adds the change between to the later one", () => {
  const columns = columnsOf([8000, undefined, 1], [9000, 2, 3], [10_000, 4, undefined]);
  addPast(columns, 7000, 2, change(0, -5n));
  assert.deepEqual(shown(columns), [[7000, 0, NaN], [8000, NaN, 1], [9000, -3, 3], [10_000, 4, NaN]]);
  assert.deepEqual(columns.list.map(({ isPast }) => isPast), [true, undefined, undefined, undefined]);
});

Deno.test("addPast() uses a column within a third of a step", () => {
  for (const [at, isOwn] of [[8320, false], [8321, true], [7680, false], [7679, true]] as const) {
    const columns = columnsOf([8000, undefined, 1], [9000, 0, 3]);
    addPast(columns, at, 2, change(0, 6n));
    const expected = [...(isOwn ? [[8000, NaN, 1], [at, 0, NaN]] : [[8000, 0, 1]]), [9000, 6, 3]];
    assert.deepEqual(shown(columns), expected.toSorted(([a = 0], [b = 0]) => a - b), `at ${at}`);
  }
});

Deno.test("addPast() changes nothing of an account that has a reading in the column, or none after it", () => {
  const columns = columnsOf([8000, 7, undefined], [9000, 0, undefined]);
  const before = shown(columns);
  addPast(columns, 8100, 2, [...change(0, 6n), ...change(1, 6n)]);
  assert.deepEqual(shown(columns), before);
});

Deno.test("addPast() makes no column for no account, and for what is older than the columns reach", () => {
  const columns = columnsOf([9000, undefined, 0], [10_000, 0, undefined]);
  const before = shown(columns);
  addPast(columns, 8000, 2, []);
  addPast(columns, 10_000 - 4 * 960 - 1, 2, change(0, 6n));
  assert.deepEqual(shown(columns), before);
  addPast(columns, 10_000 - 4 * 960, 2, change(0, 6n));
  assert.deepEqual(columns.list.map(({ end }) => end), [6160, 9000, 10_000]);
});

Deno.test("addPast() keeps columns in order, also before there are any", () => {
  const columns = createColumns({ columns: 4, step: 960 });
  addPast(columns, 8000, 2, change(0, 6n));
  addPast(columns, 7000, 2, change(0, 6n));
  addPast(columns, 9000, 2, change(0, 6n));
  assert.deepEqual(columns.list.map(({ end }) => end), [7000, 8000, 9000]);
});

Deno.test("addPast() joins columns that are shorter than they may be, and finds no room where they are not", () => {
  const list = [[9000, 1, 1], [9100, 1, 1], [9700, 1, 1], [9800, 1, 1]] as const;
  const short = { ...columnsOf(...list), step: 120 };
  addPast(short, 8000, 2, change(0, 6n));
  assert.deepEqual(shown(short), [[8000, 0, NaN], [9100, 8, 2], [9800, 2, 2]]);
  assert.equal(short.step, 240);
  const full = columnsOf(...list);
  addPast(full, 8000, 2, change(0, 6n));
  assert.deepEqual([shown(full), full.step], [list.map((each) => [...each]), 960]);
});

Deno.test("nearestColumn() is the nearest of those within a time", () => {
  const columns = columnsOf([8000, 1, 1], [8100, 1, 1], [8200, 1, 1]);
  const endAt = (at: number, within: number): number | undefined => nearestColumn(columns, at, within)?.end;
  assert.deepEqual([endAt(8010, 500), endAt(8110, 500), endAt(8190, 500)], [8000, 8100, 8200]);
  assert.deepEqual([endAt(7900, 100), endAt(7899, 100), endAt(8300, 100)], [8000, undefined, 8200]);
});
