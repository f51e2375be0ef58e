import assert from "node:assert/strict";
import { assertFresh, forceWay, spendBudget } from "./force_way.ts";
import { startRelay, untouched } from "./relay.ts";
import { startWatching, startWorld, WALLETS } from "./rig.ts";

const YEAR_2100 = 4_102_444_800;

/** A head, in which one word was changed by nobody who could be noticed: batches have no seal. */
function withTime(answer: string, seconds: number): string {
  return answer.replace(/(?<="timestamp":"0x)\w+/, seconds.toString(16));
}

function withNumber(answer: string, number: number): string {
  return answer.replace(/(?<="number":"0x)\w+/, number.toString(16));
}

const FALSE_HEADS: Readonly<Record<string, (answer: string) => string>> = {
  "a time in the year 2100": (answer) => withTime(answer, YEAR_2100),
  "a time that is a day ahead": (answer) => withTime(answer, Math.floor(Date.now() / 1000) + 86_400),
  "a number far ahead, at the right time": (answer) => withNumber(answer, 10_000_000),
};

for (const [title, change] of Object.entries(FALSE_HEADS)) {
  for (const pool of [false, true]) {
    Deno.test(`I10: one head with ${title} does not stop all readings after it${pool ? ", in a pool" : ""}`, async () => {
      await using world = await startWorld();
      await using relay = startRelay(world.anvil.url);
      const urls = pool ? [relay.url, `${world.anvil.url}/`] : [relay.url];
      using watching = startWatching(urls);
      forceWay(watching, "batch");
      await watching.cycle();
      relay.reshape = (answer) => untouched(change(answer));
      spendBudget(watching);
      await watching.cycle();
      relay.reshape = untouched;
      await world.oracle.spend();
      for (let cycle = 0; cycle < 10; cycle++) {
        forceWay(watching, "batch");
        await watching.cycle();
      }
      assertFresh(watching, world.oracle.newest.number, "five minutes after one wrong head nothing is fresh");
      assert.equal(world.oracle.check(watching.accounts), WALLETS);
    });
  }
}
