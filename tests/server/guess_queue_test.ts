import assert from "node:assert/strict";
import { type CheckGuess, createGuessQueue } from "../../src/server/guess_queue.ts";
import { createFakeClock, type FakeClock, settle } from "../fakes/fake_clock.ts";

/** A check that takes a tenth of a second. */
function checking(clock: FakeClock, isRight: boolean): () => Promise<boolean> {
  return async () => {
    await clock.sleep(100);
    return isRight;
  };
}

/** Asks, and notes when the result came, in milliseconds from now. */
function ask(
  queue: CheckGuess,
  clock: FakeClock,
  origin: string,
  isRight: boolean,
): { at?: number; isRightGuess?: boolean } {
  const asked: { at?: number; isRightGuess?: boolean } = {};
  const from = clock.now();
  queue(origin, checking(clock, isRight)).then((isRightGuess) => {
    asked.at = clock.now() - from;
    if (isRightGuess !== undefined) asked.isRightGuess = isRightGuess;
  });
  return asked;
}

Deno.test("createGuessQueue() answers a wrong guess after a second, and then checks the next of its origin", async () => {
  const clock = createFakeClock();
  const queue = createGuessQueue(clock);
  const guesses = [1, 2, 3].map(() => ask(queue, clock, "a", false));
  await clock.advance(5000);
  assert.deepEqual(guesses.map(({ at }) => at), [1000, 2000, 3000]);
  assert.ok(guesses.every(({ isRightGuess }) => isRightGuess === false));
});

Deno.test("createGuessQueue() lets no origin wait for the wrong guesses of another", async () => {
  const clock = createFakeClock();
  const queue = createGuessQueue(clock);
  const guesses = Array.from({ length: 20 }, () => ask(queue, clock, "a", false));
  await clock.advance(1050);
  const right = ask(queue, clock, "b", true);
  await clock.advance(1000);
  assert.equal(right.isRightGuess, true);
  assert.ok((right.at ?? Infinity) <= 300, String(right.at));
  await clock.advance(30_000);
  assert.ok(guesses.every(({ isRightGuess }) => isRightGuess === false));
});

Deno.test("createGuessQueue() checks an origin without wrong guesses before a hundred others", async () => {
  const clock = createFakeClock();
  const queue = createGuessQueue(clock);
  for (let origin = 0; origin < 100; origin++) ask(queue, clock, `guesser ${origin}`, false);
  await clock.advance(30_000);
  for (let origin = 0; origin < 100; origin++) ask(queue, clock, `guesser ${origin}`, false);
  await settle();
  const right = ask(queue, clock, "scraper", true);
  await clock.advance(1000);
  assert.equal(right.isRightGuess, true);
  assert.ok((right.at ?? Infinity) <= 300, String(right.at));
  await clock.advance(60_000);
});

Deno.test("createGuessQueue() checks an origin that was right before a hundred new ones", async () => {
  const clock = createFakeClock();
  const queue = createGuessQueue(clock);
  ask(queue, clock, "scraper", true);
  await clock.advance(200);
  for (let origin = 0; origin < 100; origin++) ask(queue, clock, `guesser ${origin}`, false);
  await settle();
  const right = ask(queue, clock, "scraper", true);
  await clock.advance(300);
  assert.equal(right.isRightGuess, true);
  await clock.advance(60_000);
});

Deno.test("createGuessQueue() leaves half of the time to others while origins with wrong guesses are checked", async () => {
  const clock = createFakeClock();
  const queue = createGuessQueue(clock);
  const guessAll = (): readonly { at?: number }[] =>
    Array.from({ length: 10 }, (_, origin) => ask(queue, clock, `${origin}`, false));
  guessAll();
  await clock.advance(5000);
  const guesses = guessAll();
  await clock.advance(1900);
  assert.equal(guesses.filter(({ at }) => at !== undefined).length, 5);
  await clock.advance(5000);
});

Deno.test("createGuessQueue() limits guesses to 20 per origin, and drops those of origins with wrong guesses first", async () => {
  const clock = createFakeClock();
  const queue = createGuessQueue(clock);
  const own = Array.from({ length: 25 }, () => ask(queue, clock, "a", false));
  await settle();
  // One is being checked, twenty wait.
  assert.equal(own.filter(({ at }) => at === 0).length, 4);
  await clock.advance(60_000);
  const all = Array.from(
    { length: 30 },
    (_, origin) => Array.from({ length: 10 }, () => ask(queue, clock, `${origin}`, false)),
  )
    .flat();
  await settle();
  assert.ok(all.some(({ at }) => at === 0), "any number waits");
  const again = ask(queue, clock, "a", true);
  await settle();
  assert.equal(again.at, 0, "one that has guessed wrong pushed others out");
  await clock.advance(400_000);
  assert.equal(clock.sleepers, 0);
});

Deno.test("createGuessQueue() continues after a check throws", async () => {
  const clock = createFakeClock();
  const queue = createGuessQueue(clock);
  await assert.rejects(queue("a", () => Promise.reject(new Error("broken"))), /broken/);
  const right = ask(queue, clock, "a", true);
  await clock.advance(200);
  assert.equal(right.isRightGuess, true);
});
