import assert from "node:assert/strict";
import fc from "fast-check";
import { errorBodyOf, matchReplies } from "../../src/jsonrpc/match_replies.ts";
import type { Ids } from "../../src/jsonrpc/request_ids.ts";
import { RpcError } from "../../src/jsonrpc/errors.ts";

const FIRST = 1000;

function ids(count: number, step = 1): Ids {
  return { first: FIRST, step, count };
}

function good(index: number): { readonly jsonrpc: string; readonly id: number; readonly result: string } {
  return { jsonrpc: "2.0", id: FIRST + index, result: `0x${index}` };
}

/** Results and reasons in the order of the calls. */
function shown(body: unknown, count = 3): readonly unknown[] {
  return matchReplies(ids(count), body).map((reply) => reply instanceof RpcError ? reply.reason : reply.result);
}

const [a, b, c] = [good(0), good(1), good(2)];
const error = { code: -32000, message: "header not found" };

/** One error for each of three calls. */
function each(code: number, message: string): readonly { readonly id: number; readonly error: unknown }[] {
  return [0, 1, 2].map((index) => ({ id: FIRST + index, error: { code, message } }));
}

/** Rows C3 to C10 of the fault matrix. */
const TABLE: readonly { readonly name: string; readonly body: unknown; readonly gives: readonly unknown[] }[] = [
  { name: "in order", body: [a, b, c], gives: ["0x0", "0x1", "0x2"] },
  { name: "out of order", body: [c, a, b], gives: ["0x0", "0x1", "0x2"] },
  { name: "ids as strings", body: [a, { ...b, id: "1001" }, c], gives: ["0x0", "0x1", "0x2"] },
  { name: "an id with zeros before it", body: [a, { ...b, id: "01001" }, c], gives: ["0x0", "missing", "0x2"] },
  { name: "a fractional id", body: [a, { ...b, id: 1001.5 }, c], gives: ["0x0", "missing", "0x2"] },
  { name: "one missing", body: [a, c], gives: ["0x0", "missing", "0x2"] },
  { name: "no id", body: [a, { result: "0x1" }, c], gives: ["0x0", "missing", "0x2"] },
  { name: "ids moved by one", body: [b, c, good(3)], gives: ["missing", "0x1", "0x2"] },
  { name: "a stutter", body: [a, b, b, c], gives: ["0x0", "0x1", "0x2"] },
  { name: "two answers to one call", body: [a, b, { ...b, result: "0x9" }, c], gives: ["0x0", "integrity", "0x2"] },
  {
    name: "two answers, then the first again",
    body: [a, b, { ...b, result: "0x9" }, b, c],
    gives: ["0x0", "integrity", "0x2"],
  },
  { name: "a result and then an error", body: [a, b, { id: 1001, error }, c], gives: ["0x0", "integrity", "0x2"] },
  { name: "an error without an id", body: [a, { id: null, error }, c], gives: ["0x0", "state_unavailable", "0x2"] },
  { name: "strangers", body: [a, good(7), "x", null, 5, [], b, c], gives: ["0x0", "0x1", "0x2"] },
  { name: "an item's own error", body: [a, { id: 1001, error }, c], gives: ["0x0", "state_unavailable", "0x2"] },
  { name: "a result beside an error", body: [a, { ...b, error }, c], gives: ["0x0", "envelope", "0x2"] },
  { name: "a result beside error: null", body: [a, { ...b, error: null }, c], gives: ["0x0", "0x1", "0x2"] },
  { name: "neither", body: [a, { id: 1001 }, c], gives: ["0x0", "envelope", "0x2"] },
  { name: "an error as text", body: [a, { id: 1001, error: "no" }, c], gives: ["0x0", "envelope", "0x2"] },
  { name: "an id in a list", body: [a, { ...b, id: [1001] }, c], gives: ["0x0", "missing", "0x2"] },
  { name: "an id that is true", body: [a, { ...b, id: true }, c], gives: ["0x0", "missing", "0x2"] },
  { name: "an id with an exponent", body: [{ ...a, id: "1e3" }, b, c], gives: ["missing", "0x1", "0x2"] },
  { name: "an id before the first", body: [a, { ...b, id: 999 }, c], gives: ["0x0", "missing", "0x2"] },
  { name: "an error without any id member", body: [a, { error }, c], gives: ["0x0", "state_unavailable", "0x2"] },
  {
    name: "two errors without ids, of which the first counts",
    body: [a, { id: null, error }, { error: { code: 429, message: "slow" } }],
    gives: ["0x0", "state_unavailable", "state_unavailable"],
  },
  {
    name: "one error for each call",
    body: each(-32000, "header not found"),
    gives: new Array(3).fill("state_unavailable"),
  },
  {
    name: "nothing, then one error for each call",
    body: [null, ...each(-32600, "batch too large")],
    gives: new Array(3).fill("too_large"),
  },
  { name: "one pace for each call", body: each(-32005, "slow down"), gives: new Array(3).fill("throttled") },
  { name: "no permission for each call", body: each(-32601, "no such method"), gives: new Array(3).fill("rpc_error") },
  {
    name: "a size refused with some calls",
    body: [...each(-32600, "batch too large").slice(0, 2), c],
    gives: ["too_large", "too_large", "0x2"],
  },
  {
    name: "a size refused with each call, and something else",
    body: [...each(-32600, "batch too large"), null],
    gives: ["too_large", "too_large", "too_large"],
  },
  {
    name: "different sizes refused with each call",
    body: [...each(-32600, "batch too large").slice(0, 2), {
      id: FIRST + 2,
      error: { code: -32600, message: "batch too long" },
    }],
    gives: ["too_large", "too_large", "rpc_error"],
  },
  { name: "an error for a stranger", body: [a, { id: 5, error }, c], gives: ["0x0", "missing", "0x2"] },
  { name: "an error that is a list", body: [a, { id: 1001, error: [] }, c], gives: ["0x0", "envelope", "0x2"] },
  {
    name: "a null result beside an error",
    body: [a, { id: 1001, result: null, error }, c],
    gives: ["0x0", "state_unavailable", "0x2"],
  },
  {
    name: "a stranger's error and result alone",
    body: [{ id: null, error, result: "0x1" }],
    gives: ["state_unavailable", "state_unavailable", "state_unavailable"],
  },
  { name: "a null result", body: [a, { id: 1001, result: null }, c], gives: ["0x0", null, "0x2"] },
];

for (const { name, body, gives } of TABLE) {
  Deno.test(`matchReplies() with ${name}`, () => assert.deepEqual(shown(body), gives));
}

const WHOLE: readonly {
  readonly name: string;
  readonly body: unknown;
  readonly reason: string;
  readonly refusal?: string;
}[] = [
  { name: "an empty array", body: [], reason: "envelope" },
  { name: "null", body: null, reason: "envelope" },
  { name: "text", body: "no", reason: "envelope" },
  { name: "one answer to a list", body: a, reason: "envelope" },
  { name: "one error for all", body: { id: null, error }, reason: "state_unavailable" },
  {
    name: "geth's refusal",
    body: [{ id: FIRST, error: { code: -32600, message: "batch too large" } }],
    reason: "too_large",
    refusal: "size",
  },
  {
    name: "besu's refusal",
    body: { id: null, error: { code: -32005, message: "batch exceeds limit" } },
    reason: "too_large",
    refusal: "size",
  },
  {
    name: "an overload in besu's shape",
    body: { id: null, error: { code: -32005, message: "server overloaded" } },
    reason: "throttled",
  },
  {
    name: "a size that is refused with every call",
    body: each(-32600, "batch too large"),
    reason: "too_large",
    refusal: "size",
  },
  {
    name: "a number that is refused with every call, in another order",
    body: each(31, "Batch of more than 3 requests are not allowed on free tier").toReversed(),
    reason: "too_large",
    refusal: "size",
  },
  {
    name: "batches that are refused with every call",
    body: each(-32000, "batch requests are disabled"),
    reason: "too_large",
    refusal: "no_batch",
  },
  {
    name: "an internal error",
    body: { id: null, error: { code: -32603, message: "Internal error" } },
    reason: "rpc_error",
  },
];

for (const { name, body, reason, refusal } of WHOLE) {
  Deno.test(`matchReplies() refuses ${name} as a whole`, () => {
    assert.throws(() => matchReplies(ids(3), body), (thrown) => {
      assert.ok(thrown instanceof RpcError);
      assert.deepEqual([thrown.reason, thrown.refusal], [reason, refusal]);
      return true;
    });
  });
}

Deno.test("matchReplies() accepts a single reply to a single call only", () => {
  assert.deepEqual(shown(a, 1), ["0x0"]);
  assert.deepEqual(shown(b, 1), ["missing"]);
  assert.deepEqual(shown({ id: FIRST, error }, 1), ["state_unavailable"]);
  assert.throws(() => matchReplies(ids(1), { id: null, error }), { reason: "state_unavailable", refusal: undefined });
});

Deno.test("matchReplies() never delivers a reply to another call, however they are mixed", () => {
  const count = 6;
  const item = fc.record({
    id: fc.oneof(
      fc.integer({ min: FIRST - 2, max: FIRST + count + 1 }),
      fc.integer({ min: FIRST, max: FIRST + count }).map(String),
      fc.constantFrom(null, undefined, true, {}, "x"),
    ),
    result: fc.constantFrom("0xa", "0xb", null, 5),
    error: fc.constantFrom(undefined, undefined, null, error, "no"),
  });
  fc.assert(
    fc.property(fc.array(item, { minLength: 2, maxLength: 12 }), (body) => {
      const replies = matchReplies(ids(count), body);
      assert.equal(replies.length, count);
      for (const [index, reply] of replies.entries()) {
        if (reply instanceof RpcError) continue;
        const own = body.filter(({ id }) => id === FIRST + index || id === String(FIRST + index));
        assert.ok(own.length > 0 && own.every(({ result }) => result === reply.result), "an answer of another call");
      }
    }),
    { numRuns: 5000 },
  );
});

Deno.test("matchReplies() reports replies with other ids than those of the calls", () => {
  const detailOf = (body: unknown): string => {
    const [, second] = matchReplies(ids(3), body);
    return second instanceof RpcError ? second.message : "an answer";
  };
  const changed = "the ids in the response are not those of the calls";
  assert.equal(detailOf([a, { ...b, id: 7 }, c]), changed);
  assert.equal(detailOf([a, { ...b, id: "seven" }, c]), changed);
  assert.equal(detailOf([a, { ...b, id: FIRST + 0.5 }, c]), changed);
  for (const id of [null, undefined, true, {}]) {
    assert.equal(detailOf([a, { result: "0x1", id }, c]), "no reply to this call", String(id));
  }
  assert.equal(detailOf([a, c]), "no reply to this call");
});

Deno.test("matchReplies() ignores a number between two ids", () => {
  const body = [{ id: FIRST, result: "0x0" }, { id: FIRST + 101, result: "0x1" }, { id: FIRST + 200, result: "0x2" }];
  const replies = matchReplies(ids(3, 100), body);
  assert.deepEqual(replies.map((reply) => reply instanceof RpcError ? reply.reason : reply.result), [
    "0x0",
    "missing",
    "0x2",
  ]);
});

Deno.test("matchReplies() rejects a body that is not a response, to one call and to a batch", () => {
  for (
    const [body, count] of [[5, 1], [[5], 2], [[[]], 2], [[], 2], [null, 1], [a, 2], [
      { id: null, result: "0x1" },
      2,
    ]] as const
  ) {
    assert.throws(() => shown(body, count), { reason: "envelope" }, JSON.stringify(body));
  }
});

Deno.test("errorBodyOf() appends data that is a text, and not bytes", () => {
  const words = [
    [{ message: "VM execution error.", data: "Reverted 0x08c379a0" }, "VM execution error.: Reverted 0x08c379a0"],
    [
      { message: "Internal error", data: "Trie.MissingTrieNodeException: x\n at A.B()" },
      "Internal error: Trie.MissingTrieNodeException: x",
    ],
    [{ message: "x", data: "y\n at A.B()\n at C.D()" }, "x: y"],
    [{ message: "x", data: "y\n" }, "x: y"],
    [{ message: "execution reverted", data: "0x08c379a0" }, "execution reverted"],
    [{ message: "x", data: { stack: "y" } }, "x"],
    [{ message: "x", data: "" }, "x"],
    [{ message: "x", data: "y".repeat(100_000) }, `x: ${"y".repeat(200)}`],
  ] as const;
  for (const [error, message] of words) assert.equal(errorBodyOf(error)?.message, message);
});

Deno.test("errorBodyOf() reads code and message of the right types only", () => {
  assert.deepEqual(errorBodyOf({ code: 5, message: "m" }), { code: 5, message: "m" });
  assert.deepEqual(errorBodyOf({ code: "5", message: 7 }), { code: undefined, message: "no message" });
  for (const error of [null, undefined, "no", [], 5]) assert.equal(errorBodyOf(error), undefined);
});
