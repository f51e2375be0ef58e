import assert from "node:assert/strict";
import { createRandom, type Random } from "../fakes/random.ts";
import { type Reply, REPLY_CHANGES, type ReplyChangeName } from "./reply_changes.ts";
import { checkPage } from "./check_page.ts";
import { forceWay, spendBudget, WAYS } from "./force_way.ts";
import { installMulticall } from "./install_multicall.ts";
import { startRelay, untouched } from "./relay.ts";
import { startWatching, startWorld, type World } from "./rig.ts";

/** Cycles a way; `RIG_FUZZ=20` makes twenty times as many. */
const CYCLES = 400 * Number(Deno.env.get("RIG_FUZZ") ?? "1");
const SEED = Number(Deno.env.get("RIG_SEED") ?? "1");

/** A digit of a well-formed plain balance is changed or lost: nobody could see that. */
const INVISIBLE: ReadonlySet<ReplyChangeName> = new Set(["a digit changed", "half a byte short"]);
/** Put together with others these make well-formed answers under the right ids, which nobody could see either. */
const ALONE: ReadonlySet<ReplyChangeName> = new Set([
  "double, different",
  "leading zeros",
  "upper case",
  "a word short",
  "a word long",
  "two words swapped",
]);

type Corrupt = (answer: string, request: string, random: Random) => string;

/** Changes, adds, takes away or doubles bytes anywhere, as broken proxies and memory do. */
function corruptBytes(answer: string, _request: string, random: Random): string {
  let text = answer;
  for (let times = 1 + random.below(3); times > 0; times--) {
    const at = random.below(text.length);
    const byte = random.pick([...'0123456789abcdefxX",:{}[] -.eE\0n']);
    const length = 1 + random.below(64);
    text = random.pick([
      text.slice(0, at) + byte + text.slice(at + 1),
      text.slice(0, at) + byte + text.slice(at),
      text.slice(0, at) + text.slice(at + length),
      text.slice(0, at + length) + text.slice(at),
      text.slice(0, at),
    ]);
  }
  return text;
}

/** Changes the envelopes, in two ways one after the other. */
function corruptEnvelopes(answer: string, request: string, random: Random): string {
  const asked: unknown = JSON.parse(request);
  const methods = (Array.isArray(asked) ? asked : [asked]).map(({ method }: { method: string }) => method);
  const names = (Object.keys(REPLY_CHANGES) as ReplyChangeName[]).filter((name) => !INVISIBLE.has(name));
  const first = random.pick(names);
  const second = random.pick(names);
  const isTwo = random.below(2) === 0 && !ALONE.has(first) && !ALONE.has(second);
  let changed: unknown = JSON.parse(answer);
  for (const name of isTwo ? [first, second] : [first]) {
    const replies = (Array.isArray(changed) ? changed : [changed]) as readonly Reply[];
    if (replies.some((reply) => reply === null || typeof reply !== "object")) break;
    changed = REPLY_CHANGES[name]({ replies, methods, random, value: random.pick(VALUES) });
  }
  if (Array.isArray(changed) && !Array.isArray(asked) && changed.length < 2) changed = changed[0] ?? [];
  return JSON.stringify(changed) ?? "";
}

/** What stands in place of a reply: no well-formed balance among them. */
const VALUES = [
  { result: "0x" },
  { result: "" },
  { result: null },
  { result: 7 },
  { result: "-0x7" },
  { result: `0x${"f".repeat(65)}` },
  { error: null },
  { id: 0 },
  { id: null },
];

/** Publishes nothing but the truth, whatever becomes of two answers in three. */
async function fuzz(way: typeof WAYS[number], corrupt: Corrupt, { anvil, oracle }: World): Promise<number> {
  const random = createRandom(SEED);
  await using relay = startRelay(anvil.url);
  using watching = startWatching([relay.url], { interval: 30_000, timeout: 5000 });
  let fresh = 0;
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    if (cycle % 20 === 0) await oracle.spend();
    relay.reshape = (answer, request) => untouched(random.below(3) === 0 ? answer : corrupt(answer, request, random));
    forceWay(watching, way);
    spendBudget(watching);
    await watching.cycle();
    // The pauses after faults that somebody has to act on are not what is tested here.
    for (const { breaker } of watching.network.endpoints) breaker.needsProbe = false;
    oracle.check(watching.accounts);
    if (cycle % 50 === 0) await checkPage(watching);
    fresh += watching.accounts.filter(({ failure }) => failure === undefined).length;
  }
  return fresh;
}

for (const way of WAYS) {
  Deno.test(`I1, I2: changed envelopes publish no wrong balance, seed ${SEED}, ${way}`, async () => {
    await using world = await startWorld();
    await installMulticall(world);
    const fresh = await fuzz(way, corruptEnvelopes, world);
    assert.ok(fresh > CYCLES, "hardly anything was published: nothing was tested");
  });
}

Deno.test(`I1, I2: changed bytes publish no wrong balance, seed ${SEED}, packed`, async () => {
  await using world = await startWorld();
  const fresh = await fuzz("packed", corruptBytes, world);
  assert.ok(fresh > CYCLES, "hardly anything was published: nothing was tested");
});
