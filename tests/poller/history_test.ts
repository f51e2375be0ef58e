import assert from "node:assert/strict";
import fc from "fast-check";
import { type Change, createHistory, type History } from "../../src/poller/history.ts";
import { toAccounts } from "../fakes/accounts.ts";
import { accountsOf } from "../fakes/open_pool.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Accounts of a plan, which know their places. */
const ACCOUNTS = toAccounts(accountsOf(3)).map((account, place) => ({ ...account, place }));
const [A, B, C] = ACCOUNTS;
assert.ok(A !== undefined && B !== undefined && C !== undefined);

/** A history of one account that is read at even intervals. */
function readEvery(interval: number, until: number, changeAt: (at: number) => bigint): History {
  const history = createHistory(ACCOUNTS);
  for (let at = 0; at <= until; at += interval) history.add(A ?? assert.fail(), at, at === 0 ? 0n : changeAt(at));
  return history;
}

function isClose(actual: number | undefined, expected: number, tolerance = 1e-5): void {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= tolerance * Math.abs(expected),
    `${actual} is not ${expected}`,
  );
}

Deno.test("a history knows nothing of an account that was read once or never", () => {
  const history = createHistory(ACCOUNTS);
  assert.deepEqual([history.change(A, "day"), history.points(A)], [undefined, []]);
  history.add(A, 1000, 0n);
  assert.deepEqual([history.change(A, "hour"), history.change(B, "hour")], [undefined, undefined]);
  assert.deepEqual(history.points(A), [{ at: 1000, changeSince: 0 }]);
});

Deno.test("a history has a point of each reading at first", () => {
  const history = readEvery(MINUTE, 20 * MINUTE, () => -5n);
  const points = history.points(A);
  assert.deepEqual(points.map(({ at }) => at / MINUTE), Array.from({ length: 21 }, (_, index) => index));
  assert.deepEqual(points.map(({ changeSince }) => changeSince), points.map((_, index) => 5 * index - 100));
});

Deno.test("a history shows the last 24 hours, at most 30 minutes apart, whatever the interval", () => {
  for (const interval of [1, 10, 60, 300, 1800].map((seconds) => 1000 * seconds)) {
    const until = 3 * DAY;
    const points = readEvery(interval, until, () => -1n).points(A);
    const [first] = points;
    assert.ok(points.length <= 50, `${points.length} points`);
    assert.equal(points.at(-1)?.at, until);
    assert.ok(first !== undefined && until - first.at >= DAY - HOUR / 2 && until - first.at <= DAY + HOUR / 2);
    const steps = points.slice(1).map(({ at }, index) => at - (points[index]?.at ?? NaN));
    assert.ok(
      Math.max(...steps) <= HOUR / 2,
      `steps of ${Math.max(...steps) / MINUTE} minutes, read every ${interval}`,
    );
  }
});

Deno.test("change() covers an hour within five minutes and a day within fifteen", () => {
  const history = readEvery(MINUTE, 2 * DAY, () => -3n);
  for (const [window, length, tolerance] of [["hour", 3600, 300], ["day", 86_400, 900]] as const) {
    const change: Change = history.change(A, window) ?? assert.fail();
    const { amount, seconds, spent, spentSeconds } = change;
    assert.ok(Math.abs(seconds - length) <= tolerance, `${window}: ${seconds}`);
    isClose(amount, -3 * seconds / 60);
    assert.deepEqual([spent, spentSeconds], [-amount, seconds]);
  }
});

Deno.test("change() has what there is while the history is shorter than its window", () => {
  const change = readEvery(MINUTE, 20 * MINUTE, () => -3n).change(A, "day");
  assert.deepEqual(change, {
    amount: -60,
    spent: 60,
    spentSeconds: 1200,
    largest: 3,
    largestSeconds: 60,
    seconds: 1200,
  });
});

Deno.test("change() sees a small change of a large balance", () => {
  // A float of a million coins has steps of 0.06.
  const history = readEvery(MINUTE, 2 * HOUR, () => -(10n ** 12n));
  const { amount = NaN, seconds = NaN } = history.change(A, "hour") ?? {};
  isClose(amount, -1e12 * seconds / 60);
});

Deno.test("change() has room for the smallest and the largest value", () => {
  const largest = 2n ** 256n - 1n;
  const history = createHistory(ACCOUNTS);
  history.add(A, 0, 0n);
  history.add(B, 0, 0n);
  history.add(A, HOUR, largest);
  history.add(B, HOUR, 1n);
  isClose(history.change(A, "hour")?.amount, Number(largest));
  assert.equal(history.change(B, "hour")?.amount, 1);
});

Deno.test("change() does not count a top-up as time without spending", () => {
  const history = readEvery(10 * MINUTE, 6 * HOUR, (at) => at === 3 * HOUR ? 1000n : -10n);
  const { amount, spent = NaN, spentSeconds = NaN } = history.change(A, "day") ?? {};
  assert.equal(amount, 1000 - 350);
  isClose(spent / spentSeconds, 10 / 600, 1e-9);
});

Deno.test("change() has what changed while an account was not read, in the time that it took", () => {
  const history = readEvery(MINUTE, HOUR, () => -1n);
  for (let at = HOUR + MINUTE; at < 5 * HOUR; at += MINUTE) history.add(B, at, 0n);
  history.add(A, 5 * HOUR, -240n);
  const { amount, seconds = NaN, spent = NaN, spentSeconds = NaN } = history.change(A, "day") ?? {};
  assert.equal(amount, -seconds / 60);
  isClose(spent / spentSeconds, 1 / 60, 1e-9);
});

Deno.test("a history is that of the readings, however they came", () => {
  const readings = fc.array(
    fc.record({
      wait: fc.integer({ min: 1, max: 2 * HOUR }),
      changes: fc.array(fc.option(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n })), { minLength: 3, maxLength: 3 }),
    }),
    { maxLength: 200 },
  );
  fc.assert(fc.property(readings, (readings) => {
    const accounts = ACCOUNTS;
    const history = createHistory(accounts);
    const known = accounts.map((): { at: number; value: bigint }[] => []);
    let at = 0;
    for (const { wait, changes } of readings) {
      at += wait;
      for (const [place, account] of accounts.entries()) {
        const change = changes[place] ?? undefined;
        const own = known[place] ?? assert.fail();
        if (change === undefined) continue;
        history.add(account, at, own.length === 0 ? 0n : change);
        own.push({ at, value: own.length === 0 ? 0n : (own.at(-1)?.value ?? 0n) + change });
      }
    }
    for (const [place, account] of accounts.entries()) {
      const own = known[place] ?? assert.fail();
      const scale = Number(own.reduce((most, { value }) => value > most ? value : -value > most ? -value : most, 1n));
      for (const { at: time, changeSince } of history.points(account)) {
        // A column ends with the last reading of any account: this account's was before.
        const then = own.findLast(({ at }) => at <= time);
        assert.ok(then !== undefined, "a point before the first reading");
        const expected = Number((own.at(-1)?.value ?? 0n) - then.value);
        assert.ok(Math.abs(changeSince - expected) <= 1e-4 * scale, `${changeSince} is not ${expected}`);
      }
    }
  }));
});

Deno.test("withAccounts() keeps columns by key, and knows nothing of new accounts", () => {
  const history = readEvery(MINUTE, 30 * MINUTE, () => -1n);
  const [first, second] = [C, A].map((account, place) => ({ ...account, place }));
  assert.ok(first !== undefined && second !== undefined);
  const moved = history.withAccounts([first, second]);
  assert.deepEqual([moved.points(first), moved.points(A)], [[], []]);
  assert.deepEqual(moved.points(second), history.points(A));
  moved.add(second, 31 * MINUTE, -1n);
  assert.deepEqual([moved.change(second, "day")?.amount, history.change(A, "day")?.amount], [-31, -30]);
});

Deno.test("a history ignores accounts that are not its own", () => {
  const history = createHistory(ACCOUNTS.slice(0, 1));
  history.add(B, 0, 0n);
  history.add(B, HOUR, 1n);
  assert.deepEqual([history.points(B), history.change(B, "hour")], [[], undefined]);
  assert.equal(history.nearestTo(HOUR), undefined, "there is no column of it");
});

Deno.test("change() of an hour is about an hour", () => {
  for (const interval of [MINUTE, 5 * MINUTE]) {
    const { seconds = NaN } = readEvery(interval, 6 * HOUR, () => -1n).change(A, "hour") ?? {};
    assert.ok(Math.abs(seconds - 3600) <= 300, `${seconds} s`);
  }
});

/** The history of readings, each with its time in minutes and the change since the one before. */
function readAt(...readings: readonly (readonly [number, bigint])[]): History {
  const history = createHistory(ACCOUNTS);
  for (const [at, change] of readings) history.add(A ?? assert.fail(), at * MINUTE, change);
  return history;
}

Deno.test("change() adds up what was spent and when, and has the largest decrease: of equal ones the last", () => {
  const history = readAt([0, 0n], [30, -2n], [60, -7n], [120, 0n], [180, 5n], [200, -7n]);
  assert.deepEqual(history.change(A, "day"), {
    amount: -11,
    spent: 16,
    spentSeconds: 60 * (30 + 30 + 60 + 20),
    largest: 7,
    largestSeconds: 60 * 20,
    seconds: 60 * 200,
  });
  assert.deepEqual(readAt([0, 0n], [10, -7n], [40, -2n]).change(A, "day")?.largestSeconds, 600);
});

Deno.test("change() of a value that only increases has spent nothing, in no time", () => {
  assert.deepEqual(readAt([0, 0n], [60, 5n]).change(A, "day"), {
    amount: 5,
    spent: 0,
    spentSeconds: 0,
    largest: 0,
    largestSeconds: 0,
    seconds: 3600,
  });
});

Deno.test("change() begins at the reading that is nearest to the window's begin, of two at the older", () => {
  assert.equal(readAt([0, 0n], [24 * 60, -1n], [36 * 60, -1n]).change(A, "day")?.seconds, 36 * 3600);
  assert.equal(readAt([0, 0n], [24 * 60 - 1, -1n], [36 * 60, -1n]).change(A, "day")?.seconds, 12 * 3600 + 60);
});

Deno.test("secondsIfDayRepeats() divides an amount by what a day's hours spent, once a day is known", () => {
  const spending = (until: number): History => readEvery(30 * MINUTE, until, () => -10n);
  isClose(spending(25 * HOUR).secondsIfDayRepeats(A, 240), 12 * 3600);
  assert.equal(spending(20 * HOUR).secondsIfDayRepeats(A, 240), undefined);
  assert.equal(spending(25 * HOUR).secondsIfDayRepeats(B, 240), undefined);
});

Deno.test("spentBefore() are those that were larger in the past than when they were first read", () => {
  const history = createHistory(ACCOUNTS);
  for (const account of [A, B]) history.add(account, 0, 0n);
  history.addPast(-HOUR, [[A, 0n], [B, 1n], [C, -1n]]);
  assert.deepEqual(ACCOUNTS.map((account) => history.spentBefore(account)), [false, false, false]);
  history.addPast(-2 * HOUR, [[B, -1n]]);
  assert.deepEqual(ACCOUNTS.map((account) => history.spentBefore(account)), [false, true, false]);
});
