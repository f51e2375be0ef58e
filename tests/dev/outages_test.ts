import assert from "node:assert/strict";
import { startAnvil } from "../../dev/anvil.ts";
import { ALIVE_MS, DEAD_MS, runOutages } from "../../dev/outages.ts";
import { createFakeClock, type FakeClock } from "../fakes/fake_clock.ts";

/** A node that notes what happens to it. */
function outages(): {
  readonly clock: FakeClock;
  readonly ending: AbortController;
  readonly events: string[];
  readonly ended: Promise<void>;
} {
  const events: string[] = [];
  const clock = createFakeClock();
  const ending = new AbortController();
  const note = (event: string) => (): void => void events.push(event);
  const node = { url: "http://node", pause: note("pause"), resume: note("resume") };
  const report = (line: string): void => void events.push(line);
  return { clock, ending, events, ended: runOutages({ node, clock, report, signal: ending.signal }) };
}

Deno.test("runOutages() pauses a node for a minute every few minutes, and says so", async () => {
  const { clock, ending, events, ended } = outages();
  const dead = ["http://node stops answering for 60 s", "pause"];
  const alive = ["resume", "http://node answers again"];
  await clock.advance(ALIVE_MS - 1);
  assert.deepEqual(events, []);
  await clock.advance(1);
  assert.deepEqual(events, dead);
  await clock.advance(DEAD_MS - 1);
  assert.deepEqual(events, dead);
  await clock.advance(1);
  assert.deepEqual(events, [...dead, ...alive]);
  await clock.advance(ALIVE_MS + DEAD_MS);
  assert.deepEqual(events, [...dead, ...alive, ...dead, ...alive]);
  ending.abort();
  await ended;
  assert.equal(events.length, 8);
});

Deno.test("runOutages() resumes a paused node at once when everything ends, and pauses none then", async () => {
  const paused = outages();
  await paused.clock.advance(ALIVE_MS);
  paused.ending.abort();
  await paused.ended;
  assert.deepEqual(paused.events.slice(1), ["pause", "resume"]);
  const running = outages();
  running.ending.abort();
  await running.ended;
  await running.clock.advance(10 * ALIVE_MS);
  assert.deepEqual(running.events, []);
});

async function isAnswered(request: Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => timer = setTimeout(() => resolve(false), 300));
  try {
    return await Promise.race([request.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

Deno.test({
  name: "a paused node answers nothing, keeps its state, and can be stopped",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using anvil = await startAnvil({ chainId: 4242 });
    const address = "0x00000000000000000000000000000000000000aa";
    await anvil.setBalance(address, 7n);
    anvil.pause();
    const ask = (): Promise<unknown> => anvil.rpc("eth_getBalance", [address, "latest"]);
    let balance = ask();
    // The signal takes a moment.
    while (await isAnswered(balance)) balance = ask();
    anvil.resume();
    assert.equal(await balance, "0x7");
    anvil.pause();
    await anvil.stop();
    anvil.resume();
  },
});
