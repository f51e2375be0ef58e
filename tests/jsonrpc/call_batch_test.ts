import assert from "node:assert/strict";
import { blockAt, CHAIN_ID } from "../../src/evm/strategies/calls.ts";
import { callFor } from "../../src/evm/strategies/account_call.ts";
import { systemClock } from "../../src/util/clock.ts";
import { accountOf, tokenKey } from "../fakes/accounts.ts";
import { callBatch } from "../../src/jsonrpc/call_batch.ts";
import { startDeadline } from "../../src/http/deadline.ts";
import { type Reason, RpcError } from "../../src/jsonrpc/errors.ts";
import { type Canned, html, json, plain, responseOf } from "../fakes/canned_answers.ts";
import { startFakeNode } from "../fakes/fake_node.ts";
import { type Opened, openFake } from "../fakes/open_fake.ts";
import { PATIENCE } from "../program/until.ts";

const RESULT = { jsonrpc: "2.0", id: 1, result: "0x1" };

async function ask(opened: Opened, calls = [CHAIN_ID]): Promise<readonly (number | RpcError)[]> {
  using deadline = startDeadline(systemClock, PATIENCE);
  return await callBatch(opened.endpoint, calls, deadline);
}

Deno.test("callBatch() sends one call as an object and more as an array, never with the same id twice", async () => {
  await using node = startFakeNode({ chainId: 137 });
  using opened = openFake(node.url);
  for (const count of [1, 2, 1, 3]) {
    const calls = new Array(count).fill(CHAIN_ID);
    assert.deepEqual(await ask(opened, calls), new Array(count).fill(137));
  }
  assert.deepEqual(node.seen.map(({ isBatch }) => isBatch), [false, true, false, true]);
  const ids = node.seen.flatMap(({ items }) => items.map(({ id }) => id));
  assert.equal(new Set(ids).size, 7);
  assert.ok(ids.every(Number.isSafeInteger));
});

/** Rows B and C: an answer of the server, and what it is called. */
const ANSWERS: readonly (readonly [name: string, answer: Canned, reason: Reason])[] = [
  ["B1: HTML", html(200), "not_json"],
  ["B2: no content", { status: 204 }, "not_json"],
  ["B2: an empty body", { status: 200 }, "not_json"],
  ["B2: a text", plain(200, "ok"), "not_json"],
  ["B3: a redirect", { status: 302, headers: { location: "/" } }, "redirect"],
  ["B4: 400", html(400), "http_client"],
  ["B4: 401", html(401), "auth"],
  ["B4: 403", html(403), "auth"],
  ["B4: 404", html(404), "http_client"],
  ["B5: 402", html(402), "quota"],
  ["B6: 413", html(413), "too_large"],
  ["B7: 429", html(429), "throttled"],
  ["B11: 500", html(500), "http_server"],
  ["B11: 502", html(502), "http_server"],
  ["B11: 503", html(503), "http_server"],
  ["B11: 504", html(504), "http_server"],
  ["B12: 500 with a result", json(500, RESULT), "http_server"],
  ["B12: 404 with a result", json(404, RESULT), "http_client"],
  ["A15: 407", html(407), "proxy"],
  ["C1: truncated JSON", plain(200, '{"jsonrpc":"2.0","id":'), "not_json"],
  ["C1: trailing garbage", plain(200, `${JSON.stringify(RESULT)}}`), "not_json"],
  ["C1: NaN", plain(200, '{"jsonrpc":"2.0","id":1,"result":NaN}'), "not_json"],
  ["C1: single quotes", plain(200, "{'id':1}"), "not_json"],
  ["C9: null", json(200, null), "envelope"],
  ["C9: an empty array", json(200, []), "envelope"],
  ["C9: a text in quotes", json(200, "0x1"), "envelope"],
  ["C11: the answer to another request", json(200, RESULT), "missing"],
  ["an error that answers the request", json(200, { id: null, error: { code: -32000, message: "x" } }), "rpc_error"],
];

for (const [name, answer, reason] of ANSWERS) {
  Deno.test(`callBatch() with ${name} fails with ${reason}, counted once`, async () => {
    await using node = startFakeNode({ instead: () => responseOf(answer) });
    using opened = openFake(node.url);
    const failure = await ask(opened).then(([result]) => result, (error) => error);
    assert.equal(failure.reason, reason);
    assert.deepEqual(opened.records.map(({ reasons }) => [...reasons]), [[reason]]);
    assert.equal(opened.records[0]?.calls.get("eth_chainId"), 1);
    assert.equal(node.seen.length, 1, "nothing is asked again");
  });
}

/** What a node says when a token's contract fails, alone and in a batch. */
const REVERT = { code: 3, message: "execution reverted" };

for (const count of [1, 3]) {
  Deno.test(`callBatch() counts a revert as "reverted" and not as a refusal, with ${count} calls`, async () => {
    await using node = startFakeNode({
      instead: ({ items }) => {
        const replies = items.map(({ id }) => ({ jsonrpc: "2.0", id, error: REVERT }));
        return Response.json(count === 1 ? replies[0] : replies, { headers: { "retry-after": "60" } });
      },
    });
    using opened = openFake(node.url);
    using deadline = startDeadline(systemClock, PATIENCE);
    const token = tokenKey(`0x${"ab".repeat(20)}`, `0x${"12".repeat(20)}`);
    const results = await callBatch(
      opened.endpoint,
      new Array(count).fill(callFor(accountOf(token), 1n, { sender: undefined })),
      deadline,
    );
    assert.ok(results.every((result) => result instanceof RpcError && result.reason === "reverted"));
    assert.deepEqual(opened.records.map(({ reasons }) => [...reasons]), [["reverted"]]);
    assert.equal(opened.endpoint.pacer.pausedUntil, -Infinity, "an answer is treated as a refusal");
  });
}

Deno.test("callBatch() counts the parts of a result that failed, and a bug of a decoder as internal", async () => {
  await using node = startFakeNode({ chainId: 5 });
  using opened = openFake(node.url);
  using deadline = startDeadline(systemClock, PATIENCE);
  const errorsIn = (): readonly RpcError[] => [new RpcError("reverted", "x"), new RpcError("rpc_error", "y")];
  await callBatch(opened.endpoint, [{ ...CHAIN_ID, errorsIn }], deadline);
  const decode = (): number => {
    throw new TypeError("x is not a function");
  };
  const [result] = await callBatch(opened.endpoint, [{ ...CHAIN_ID, decode }], deadline);
  assert.ok(result instanceof RpcError && result.reason === "internal");
  assert.deepEqual(opened.records.map(({ reasons }) => [...reasons]), [["reverted", "rpc_error"], ["internal"]]);
});

Deno.test("C2: callBatch() refuses deep nesting before it is parsed", async () => {
  const depth = 1_000_000;
  const texts = ["[".repeat(depth) + "]".repeat(depth), "[".repeat(2 * depth), '{"a":'.repeat(depth / 5)];
  for (const text of texts) {
    await using node = startFakeNode({ instead: () => responseOf(plain(200, text)) });
    using opened = openFake(node.url);
    using deadline = startDeadline(systemClock, PATIENCE);
    const parse = JSON.parse;
    let parsed = 0;
    // The fake node parses the request, which is short.
    JSON.parse = (text) => (parsed += text.length > 1000 ? 1 : 0, parse(text));
    try {
      const asked = callBatch<unknown>(opened.endpoint, [CHAIN_ID, blockAt("latest")], deadline);
      await assert.rejects(asked, { name: "RpcError", reason: "not_json" });
    } finally {
      JSON.parse = parse;
    }
    assert.equal(parsed, 0);
  }
});

Deno.test("callBatch() neither sends nor counts a request after its deadline", async () => {
  await using node = startFakeNode();
  using opened = openFake(node.url);
  using deadline = startDeadline(systemClock, PATIENCE, AbortSignal.abort());
  await assert.rejects(callBatch(opened.endpoint, [CHAIN_ID], deadline), { name: "RpcError", reason: "timeout" });
  assert.deepEqual([node.seen.length, opened.records.length], [0, 0]);
});
