import assert from "node:assert/strict";
import { readDistant, readHead } from "../../../src/evm/strategies/read_head.ts";
import { createSizeLimit } from "../../../src/evm/strategies/size_limit.ts";
import { SIZE_REFUSALS, UNAWARE_REFUSALS } from "../../fakes/batch_refusals.ts";
import { html, responseOf, rpcError } from "../../fakes/canned_answers.ts";
import { startFakeNode } from "../../fakes/fake_node.ts";
import { openFake } from "../../fakes/open_fake.ts";

const TIME = 1_700_000_000;
const HEAD = { chainId: 1, block: { number: 100n, time: TIME } };

Deno.test("readHead() requests both in one request", async () => {
  await using node = startFakeNode({ time: TIME });
  using opened = openFake(node.url);
  const batch = createSizeLimit(100);
  assert.deepEqual(await readHead(opened.endpoint, batch, "latest", opened.limits), HEAD);
  assert.equal(node.seen.length, 1);
});

for (const [name, refuse] of Object.entries(UNAWARE_REFUSALS)) {
  Deno.test(`readHead() finds out that a server does not know batches: ${name}`, async () => {
    await using node = startFakeNode({ time: TIME, limit: 1, refuse });
    using opened = openFake(node.url);
    const batch = createSizeLimit(100);
    // Where it says nothing of batches it is asked twice.
    for (const most of [4, 2]) {
      node.seen.length = 0;
      assert.deepEqual(await readHead(opened.endpoint, batch, "latest", opened.limits), HEAD);
      assert.ok(node.seen.length <= most, `${node.seen.length} requests`);
      assert.equal(batch.size, 1);
    }
  });
}

for (const [name, refuse] of Object.entries({ ...UNAWARE_REFUSALS, ...SIZE_REFUSALS })) {
  for (const wasGood of [true, false]) {
    const state = wasGood ? "works" : "is new";
    Deno.test(`an outage does not cost an endpoint that ${state} its batches: ${name}`, async () => {
      await using node = startFakeNode({ time: TIME });
      using opened = openFake(node.url);
      const batch = createSizeLimit(100);
      if (wasGood) await readHead(opened.endpoint, batch, "latest", opened.limits);
      node.truth.instead = ({ items }) => responseOf(refuse(items, 1));
      for (let poll = 0; poll < 3; poll++) {
        await assert.rejects(readHead(opened.endpoint, batch, "latest", opened.limits), { name: "RpcError" });
      }
      node.truth.instead = undefined;
      assert.deepEqual(await readHead(opened.endpoint, batch, "latest", opened.limits), HEAD);
      assert.equal(batch.size, 100);
    });
  }
}

Deno.test("a fault in a batch's shape does not cost an endpoint its batches once they were answered", async () => {
  await using node = startFakeNode({ time: TIME });
  using opened = openFake(node.url);
  const batch = createSizeLimit(100);
  await readHead(opened.endpoint, batch, "latest", opened.limits);
  const faults = [html(502), html(200), rpcError(200, -32603, "Internal error"), rpcError(429, -32005, "too fast")];
  for (const fault of faults) {
    node.truth.instead = ({ isBatch }) => isBatch ? responseOf(fault) : undefined;
    node.seen.length = 0;
    await assert.rejects(readHead(opened.endpoint, batch, "latest", opened.limits), { name: "RpcError" });
    assert.equal(node.seen.length, 1, "a request that failed is not repeated in the same poll");
    node.truth.instead = undefined;
    assert.deepEqual(await readHead(opened.endpoint, batch, "latest", opened.limits), HEAD);
    assert.equal(batch.size, 100);
  }
});

Deno.test("an endpoint that loses its batches is read one by one from the third poll on", async () => {
  await using node = startFakeNode({ time: TIME });
  using opened = openFake(node.url);
  const batch = createSizeLimit(100);
  await readHead(opened.endpoint, batch, "latest", opened.limits);
  node.truth.instead = ({ isBatch }) => isBatch ? responseOf(html(500)) : undefined;
  for (let poll = 0; poll < 2; poll++) {
    await assert.rejects(readHead(opened.endpoint, batch, "latest", opened.limits), { reason: "http_server" });
  }
  assert.deepEqual(await readHead(opened.endpoint, batch, "latest", opened.limits), HEAD);
  assert.equal(batch.size, 1);
});

Deno.test("readHead() does not retry after errors that do not concern batches", async () => {
  await using node = startFakeNode({ time: TIME });
  using opened = openFake(node.url);
  const batch = createSizeLimit(100);
  for (const [status, reason] of [[401, "auth"], [402, "quota"], [307, "redirect"], [429, "throttled"]] as const) {
    node.truth.instead = () => new Response(null, { status });
    node.seen.length = 0;
    await assert.rejects(readHead(opened.endpoint, batch, "latest", opened.limits), { reason });
    assert.equal(node.seen.length, 1);
  }
});

Deno.test("L10: readDistant() finds the block before a null round, of ten at most", async () => {
  await using node = startFakeNode({ time: TIME });
  using opened = openFake(node.url);
  let exists = (_: number): boolean => true;
  node.truth.instead = ({ items: [item] }) => {
    const number = Number(item?.params[0]);
    const error = { code: 12, message: `requested epoch was a null round (${number})` };
    const result = { number: item?.params[0], timestamp: "0x7" };
    return Response.json({ id: item?.id, ...exists(number) ? { result } : { error } });
  };
  const latest = { number: 100n, time: TIME };
  const find = (): Promise<{ readonly number: bigint }> => readDistant(opened.endpoint, latest, -3, opened.limits);
  assert.equal((await find()).number, 97n);
  exists = (number) => number % 4 !== 1;
  assert.equal((await find()).number, 96n);
  exists = (number) => number < 90;
  assert.equal((await find()).number, 89n);
  exists = () => false;
  node.seen.length = 0;
  await assert.rejects(find(), { reason: "state_unavailable" });
  assert.equal(node.seen.length, 11);
});
