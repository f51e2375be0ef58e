import assert from "node:assert/strict";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { accountsOf } from "../fakes/open_pool.ts";
import { checkPage } from "./check_page.ts";
import { assertFresh, forceWay, spendBudget, withoutJitter } from "./force_way.ts";
import { type Relay, type Reshape, startRelay, untouched } from "./relay.ts";
import { startWatching, startWorld, WALLETS, type Watching, type World } from "./rig.ts";

const JSON_TYPE = { "content-type": "application/json" };
/** Far more than any answer here may have. */
const BOMB = gzipSync(new Uint8Array(64 * 1024 * 1024));

/** A cycle with a good reading, and another one with reshaped answers and a new truth. */
async function reshaped({ anvil, oracle }: World, reshape: Reshape, way: "packed" | "batch"): Promise<Watching> {
  await using relay = startRelay(anvil.url);
  using watching = startWatching([relay.url]);
  forceWay(watching, way);
  await watching.cycle();
  await oracle.spend();
  watching.reasons();
  relay.reshape = reshape;
  spendBudget(watching);
  await watching.cycle();
  assert.equal(oracle.check(watching.accounts), WALLETS);
  assert.equal(await checkPage(watching), WALLETS);
  return watching;
}

const ACCEPTED: Readonly<Record<string, Reshape>> = {
  "B2: the right answer as text/plain": (answer) => new Response(answer),
  "B2: the right answer as text/html": (answer) => new Response(answer, { headers: { "content-type": "text/html" } }),
  "B2: the right answer without a type": (answer) => new Response(new TextEncoder().encode(answer)),
  "B15: gzip": (answer) => encoded("gzip", gzipSync(answer)),
  "B15: brotli": (answer) => encoded("br", brotliCompressSync(answer)),
  "C1: a byte order mark": (answer) => untouched(`\uFEFF${answer}`),
  "C1: a byte order mark, compressed": (answer) => encoded("gzip", gzipSync(`\uFEFF${answer}`)),
  "C1: white space around": (answer) => untouched(`\r\n\t ${answer} \n`),
};

for (const [title, reshape] of Object.entries(ACCEPTED)) {
  for (const way of ["packed", "batch"] as const) {
    Deno.test(`${title}, ${way}`, async () => {
      await using world = await startWorld();
      const watching = await reshaped(world, reshape, way);
      assert.deepEqual([...watching.reasons()], []);
      assertFresh(watching, world.oracle.newest.number, "the answer was not taken");
    });
  }
}

const REFUSED: Readonly<Record<string, readonly [reason: string, reshape: Reshape]>> = {
  "B13: a gzip bomb of 64 MB": ["too_large", () => encoded("gzip", BOMB)],
  "B13: a gzip bomb with status 500": ["http_server", () => encoded("gzip", BOMB, 500)],
  "B15: deflate, which nobody asked for": ["protocol", (answer) => encoded("deflate", deflateSync(answer))],
  "C1: Infinity": ["not_json", (answer) => untouched(answer.replace(/"result":"\w+"/, '"result":Infinity'))],
  "C1: two answers": ["not_json", (answer) => untouched(answer + answer)],
  "C1: the last byte is missing": ["not_json", (answer) => untouched(answer.slice(0, -1))],
  "C2: 500 levels in a result, closed": ["not_json", (answer) => untouched(nested(answer, 500))],
  "C2: 1,000,000 levels": ["too_large", (answer) => untouched(nested(answer, 1_000_000))],
};

for (const [title, [reason, reshape]] of Object.entries(REFUSED)) {
  Deno.test(title, async () => {
    await using world = await startWorld();
    const watching = await reshaped(world, reshape, "packed");
    assert.deepEqual([...watching.reasons()], [reason]);
    assert.ok(watching.accounts.every(({ failure }) => failure === reason));
  });
}

Deno.test("B6: 413 by the size of a body is learned once, and nothing is sent again as it was", async (t) => {
  const wallets = 120;
  await using world = await startWorld({ wallets });
  for (const [way, most] of [["packed", 1500], ["batch", 4000]] as const) {
    await t.step(way, async () => {
      await using relay = startRelay(world.anvil.url);
      relay.reshape = (answer, request) =>
        request.length > most ? new Response("<html>", { status: 413 }) : untouched(answer);
      using watching = startWatching([relay.url], { accounts: accountsOf(wallets), timeout: 2000 });
      forceWay(watching, way);
      await watching.cycle();
      assert.equal(world.oracle.check(watching.accounts), wallets);
      assertFresh(watching, world.oracle.newest.number, "it was not split");
      assert.equal(new Set(relay.seen.map(withoutIds)).size, relay.seen.length, "a body was sent again");
      assertLearned(relay, await again(relay, watching), most);
    });
  }
});

async function again(relay: Relay, watching: Watching): Promise<number> {
  relay.seen.length = 0;
  await watching.cycle();
  return relay.seen.length;
}

function assertLearned({ seen }: Relay, requests: number, most: number): void {
  assert.ok(requests > 1 && seen.every(({ length }) => length <= most), "the size was forgotten");
}

Deno.test("C12: only the throttled items are requested again, after a pause", async () => {
  using _ = withoutJitter();
  await using world = await startWorld();
  await using relay = startRelay(world.anvil.url);
  using watching = startWatching([relay.url], { interval: 10_000 });
  forceWay(watching, "batch");
  for (let cycle = 0; cycle < 20; cycle++) await watching.cycle();
  await world.oracle.spend();
  relay.seen.length = 0;
  let times = 0;
  relay.reshape = (answer, request) =>
    request.includes("eth_getBalance") && times++ === 0 ? throttling(answer) : untouched(answer);
  await watching.cycle();
  assert.equal(world.oracle.check(watching.accounts), WALLETS);
  assertFresh(watching, world.oracle.newest.number, "they were not asked for again");
  const asked = relay.seen.map((body) => body.match(/(?<=eth_getBalance","params":\[")\w+/g)?.length ?? 0);
  assert.deepEqual(asked.filter((balances) => balances > 0), [WALLETS, Math.ceil(WALLETS / 3)]);
});

/** Every third balance of a batch is an error. */
function throttling(answer: string): Response {
  const [chain, ...balances]: readonly { readonly id: number }[] = JSON.parse(answer);
  const error = { code: 429, message: "slow down" };
  return Response.json([chain, ...balances.map((reply, index) => index % 3 === 0 ? { id: reply.id, error } : reply)]);
}

function encoded(encoding: string, body: Uint8Array, status = 200): Response {
  return new Response(new Uint8Array(body), { status, headers: { ...JSON_TYPE, "content-encoding": encoding } });
}

function nested(answer: string, levels: number): string {
  return answer.replace(/"result":"\w+"/, `"result":${"[".repeat(levels)}${"]".repeat(levels)}`);
}

function withoutIds(body: string): string {
  return body.replace(/"id":\d+/g, "").replace(/"data":"0x\w{64}/g, "");
}
