import assert from "node:assert/strict";
import { balanceAt } from "../../src/evm/strategies/calls.ts";
import type { Call } from "../../src/jsonrpc/call.ts";
import { readAnswer } from "../../src/jsonrpc/read_answer.ts";
import { RpcError } from "../../src/jsonrpc/errors.ts";

const ONE = { first: 7, step: 100, count: 1 };
const BALANCE = balanceAt("0x0", 1n);

function read(text: string, status = 200, calls: readonly Call<bigint>[] = [BALANCE]): readonly (bigint | RpcError)[] {
  const ids = { ...ONE, count: calls.length };
  return readAnswer(calls, ids, { status, text, receivedBytes: text.length, retryAfter: undefined });
}

Deno.test("readAnswer() reads the response to one call", () => {
  assert.deepEqual(read('{"jsonrpc":"2.0","id":7,"result":"0x5"}'), [5n]);
  assert.deepEqual(read('{"jsonrpc":"2.0","id":7,"result":"0x5"}', 299), [5n]);
});

Deno.test("readAnswer() reports not_json for a text that is not JSON", () => {
  for (const text of ["", "<html>", '{"id":7', "NaN", "\uFEFF{}x"]) {
    assert.throws(() => read(text), { reason: "not_json", message: "the response is not JSON" }, text);
  }
});

Deno.test("readAnswer() does not parse deep nesting", () => {
  const nested = (depth: number): string =>
    `{"jsonrpc":"2.0","id":7,"result":${"[".repeat(depth)}${"]".repeat(depth)}}`;
  const [shallow] = read(nested(31));
  assert.ok(shallow instanceof RpcError && shallow.reason === "bad_value");
  assert.throws(() => read(nested(32)), { reason: "not_json" });
  assert.throws(() => read("{".repeat(33)), { reason: "not_json" });
  assert.throws(() => read(`{"x":[${"[],".repeat(50)}${"[".repeat(31)}${"]".repeat(31)}]}`), { reason: "not_json" });
  const flat = `[${"[],{},".repeat(100)}{"jsonrpc":"2.0","id":7,"result":"0x5"}]`;
  assert.deepEqual(read(flat, 200, [BALANCE, BALANCE])[0], 5n);
});

Deno.test("B12: readAnswer() accepts a body with the ids of the calls, whatever the status, unless it is a redirect", () => {
  const [result, error, other] = [{ result: "0x5" }, { error: { code: -32000, message: "account is frozen" } }, {}];
  const text = (id: number, said: Readonly<Record<string, unknown>>): string => JSON.stringify({ id, ...said });
  for (const status of [400, 401, 404, 429, 500, 503]) assert.deepEqual(read(text(7, result), status), [5n]);
  for (const status of [400, 404, 500, 503]) {
    const [failed] = read(text(7, error), status);
    assert.ok(failed instanceof RpcError && failed.reason === "rpc_error", `${status}`);
    assert.equal(failed.message, "-32000: account is frozen");
    const list = `[${text(7, error)},${text(107, result)}]`;
    assert.equal(read(list, status, [BALANCE, BALANCE])[1], 5n);
  }
  const refusals = [
    [300, text(7, result), "redirect"],
    [199, text(7, result), "http_client"],
    [404, text(8, result), "http_client"],
    [500, text(8, result), "http_server"],
    [500, text(7, other), "http_server"],
    [401, text(7, error), "auth"],
    [402, text(7, error), "quota"],
    [403, text(7, error), "auth"],
    [407, text(7, error), "proxy"],
    [413, text(7, error), "too_large"],
    [399, text(7, result), "redirect"],
    [429, text(7, error), "throttled"],
  ] as const;
  for (const [status, body, reason] of refusals) assert.throws(() => read(body, status), { reason }, `${status}`);
  assert.throws(() => read(text(7, result), 500, [BALANCE, BALANCE]), { reason: "http_server" }, "one for two calls");
});

Deno.test("B15: readAnswer() accepts JSON under an unknown encoding, and names the encoding otherwise", () => {
  const readEncoded = (text: string, encoding: string, status = 200): unknown =>
    readAnswer([BALANCE], ONE, { status, text, receivedBytes: text.length, encoding, retryAfter: undefined })[0];
  for (const encoding of ["utf-8", "UTF8", "none", "deflate", "x-gzip"]) {
    assert.equal(readEncoded('{"id":7,"result":"0x5"}', encoding), 5n, encoding);
    assert.throws(() => readEncoded("\u001f\u008b\b", encoding), { reason: "protocol" }, encoding);
    assert.throws(() => readEncoded("\u001f\u008b\b", encoding, 502), { reason: "http_server" }, encoding);
  }
});

Deno.test("W8: readAnswer() rejects duplicate keys, and uses the status of an error", () => {
  const text = '{"id":7,"result":"0x5","result":"0x63"}';
  assert.throws(() => read(text), { reason: "envelope", message: "duplicate member in an object" });
  assert.throws(() => read(text, 500), { reason: "http_server" });
});

Deno.test("M9: readAnswer() lets a call classify its own errors", () => {
  const call = { ...BALANCE, classify: ({ message }: RpcError) => new RpcError("reverted", `named: ${message}`) };
  const [named] = read('{"id":7,"error":{"code":3,"message":"execution reverted"}}', 200, [call]);
  assert.ok(named instanceof RpcError && named.reason === "reverted");
  assert.equal(named.message, "named: 3: execution reverted");
});

Deno.test("readAnswer() lets a call turn an error into a result", () => {
  const recover = (error: RpcError): bigint => {
    if (error.reason === "state_unavailable") return 0n;
    throw error;
  };
  const text = '[{"id":7,"error":{"message":"header not found"}},{"id":107,"error":{"message":"rate limit"}}]';
  const call = { ...BALANCE, recover };
  const [recovered, failed] = read(text, 200, [call, call]);
  assert.equal(recovered, 0n);
  assert.ok(failed instanceof RpcError && failed.reason === "throttled");
});

Deno.test("readAnswer() reports that ids came back changed", () => {
  const [one] = read('{"id":-2147483641,"result":"0x5"}');
  assert.ok(one instanceof RpcError && one.reason === "missing");
  assert.match(one.message, /ids in the response are not those of the calls/);
});

Deno.test("readAnswer() reads the error from the body, or from the first item of an array", () => {
  const error = '{"error":{"code":-32005,"message":"batch limit exceeded"}}';
  for (const text of [error, `[${error}]`]) {
    assert.throws(() => read(text, 500, [BALANCE, BALANCE]), { reason: "too_large", refusal: "size" }, text);
  }
  for (const text of ["null", "5", "{}", "[]", "[null]", '{"error":5}']) {
    assert.throws(() => read(text, 503), { reason: "http_server", message: "HTTP 503" }, text);
  }
  assert.throws(() => read('{"error":{"message":"x"}}', 503), { message: "HTTP 503, no code: x" });
});

Deno.test("readAnswer() reports a bug in a decoder for that call alone", () => {
  const broken: Call<bigint> = {
    ...BALANCE,
    decode(): bigint {
      throw new TypeError("x is not a function");
    },
  };
  const text = '[{"id":7,"result":"0x5"},{"id":107,"result":"0x6"}]';
  const [one, other] = read(text, 200, [broken, BALANCE]);
  assert.ok(one instanceof RpcError);
  assert.deepEqual([one.reason, other], ["internal", 6n]);
  assert.match(one.message, /^bug in a decoder: TypeError: x is not a function/);
});

Deno.test("readAnswer() returns the error of a reply, and that of a decoder", () => {
  const text = '[{"id":7,"error":{"code":-32000,"message":"header not found"}},{"id":107,"result":"junk"}]';
  const [one, other] = read(text, 200, [BALANCE, BALANCE]);
  assert.ok(one instanceof RpcError && other instanceof RpcError);
  assert.deepEqual([one.reason, other.reason], ["state_unavailable", "bad_value"]);
  assert.equal(other.message, "expected a hex quantity, got a string of 4 characters");
});
