import assert from "node:assert/strict";
import { createStateStore } from "../../src/poller/state.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { addressOf, networkAt, planOf, statesOf } from "../fakes/watched.ts";

Deno.test("createStateStore() knows nothing yet, and counts the first tick from now", () => {
  const clock = createFakeClock();
  const wallets = [{ address: addressOf(1), label: "one" }, { address: addressOf(2), label: "two" }];
  const store = createStateStore(planOf({ "https://a.example/": wallets }), clock);
  const network = networkAt(store, 0);
  assert.deepEqual(statesOf(network).map(({ reading, attempted }) => [reading, attempted]), [
    [undefined, false],
    [undefined, false],
  ]);
  assert.equal(network.lastTick, clock.now());
  assert.equal(network.lastFinished, undefined);
});
