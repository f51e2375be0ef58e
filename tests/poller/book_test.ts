import assert from "node:assert/strict";
import { createBook } from "../../src/poller/book.ts";
import { createManualClock } from "../fakes/manual_clock.ts";
import { addressOf, networkAt, planOf } from "../fakes/watched.ts";

Deno.test("createBook() knows nothing yet, and counts the first tick from now", () => {
  const clock = createManualClock();
  const wallets = [{ address: addressOf(1), label: "one" }, { address: addressOf(2), label: "two" }];
  const book = createBook(planOf({ "https://a.example/": wallets }), clock);
  const network = networkAt(book, 0);
  assert.deepEqual(network.accounts.map(({ reading, attempted }) => [reading, attempted]), [
    [undefined, false],
    [undefined, false],
  ]);
  assert.equal(network.lastTick, clock.now());
  assert.equal(network.lastFinished, undefined);
  assert.equal(book.idleAt, undefined);
});
