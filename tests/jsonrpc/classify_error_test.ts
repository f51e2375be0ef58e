import assert from "node:assert/strict";
import { classifyRpcError, classifyStatus } from "../../src/jsonrpc/classify_error.ts";
import type { Reason, Refusal } from "../../src/jsonrpc/errors.ts";

type Row = readonly [code: number | undefined, message: string, reason: Reason, refusal?: Refusal];

/** What is said of a whole batch. Texts as nodes and providers really write them, or nearly. */
const WHOLE: readonly Row[] = [
  // Fewer at once will pass.
  [-32600, "batch too large", "too_large", "size"],
  [-32000, "batch limit 100 exceeded (can increase by --rpc.batch.limit)", "too_large", "size"],
  [-32600, "batch limit exceeded", "too_large", "size"],
  [-32005, "Number of requests in batch exceeds limit", "too_large", "size"],
  [-32005, "Batch size limit exceeded", "too_large", "size"],
  [-32010, "The batch request was too large", "too_large", "size"],
  [-32011, "The batch response was too large", "too_large", "size"],
  [-32008, "Response is too big", "too_large", "size"],
  [-32007, "Request is too big", "too_large", "size"],
  [-32014, "too many RPC calls in batch request", "too_large", "size"],
  [-32000, "batch length does not support more than 100", "too_large", "size"],
  [31, "Batch of more than 3 requests are not allowed on free tier, to use this feature register", "too_large", "size"],
  [-32600, "too many items: at most 20 in one batch", "too_large", "size"],
  [-32600, "maximum batch size is 10", "too_large", "size"],
  [undefined, "request entity too large", "too_large", "size"],
  [-32600, "batch too large, try again with fewer calls", "too_large", "size"],
  [-32011, "said otherwise", "too_large", "size"],
  // A bare refusal by those who did not expect a list.
  [-32600, "Invalid request", "rpc_error", "size"],
  [-32700, "Parse error", "rpc_error", "size"],
  // None will.
  [-32005, "Batched requests are not supported by this server", "too_large", "no_batch"],
  [-32600, "batch requests are disabled", "too_large", "no_batch"],
  [-32601, "Batch requests are not supported", "too_large", "no_batch"],
  [-32600, "JSON-RPC batching is unsupported", "too_large", "no_batch"],
  [-32600, "batch calls not allowed", "too_large", "no_batch"],
  [-32000, "this endpoint does not support batch requests", "too_large", "no_batch"],
  [-32000, "no support for batches", "too_large", "no_batch"],
  // Overload and quotas have nothing to do with size.
  [-32005, "server overloaded", "throttled"],
  [-32005, "limit exceeded", "throttled"],
  [-32005, "said otherwise", "throttled"],
  [-32005, "Too many requests, please use batch requests", "throttled"],
  [-32005, "Too many requests. See the docs on batch size", "throttled"],
  [-32016, "over rate limit", "throttled"],
  [429, "request rate too large", "throttled"],
  [-32090, "Too many requests, reason: call rate limit exhausted, retry in 10s", "throttled"],
  [-32029, "batch rate limit exceeded", "throttled"],
  [-32007, "50/second request limit reached - reduce calls per second or upgrade your account", "throttled"],
  [-32007, "credits limited to 2/sec", "throttled"],
  [429, "Your app has exceeded its compute units per second capacity. If you have retries enabled", "throttled"],
  [-32005, "compute units per second capacity exceeded", "throttled"],
  [-32005, "rate limit exceeded, upgrade your subscription at billing", "throttled"],
  [-32000, "Error code: 1015", "throttled"],
  [-32009, "Server is busy, try again later", "throttled"],
  [-32005, "daily request count exceeded, request rate limited", "quota"],
  [-32600, "Monthly capacity limit exceeded. Visit billing to upgrade", "quota"],
  [-32000, "you are out of credits", "quota"],
  [-32000, "You have reached the free tier limits", "quota"],
  // Nor have these.
  [-32603, "Internal error", "rpc_error"],
  [-32601, "the method eth_getBlockByNumber does not exist/is not available", "rpc_error"],
  [-32004, "method not allowed", "rpc_error"],
  [-32600, "Must be authenticated!", "auth"],
  [-32000, "invalid project id", "auth"],
  [-32000, "header not found", "state_unavailable"],
  [-32000, "missing trie node 6a1f (path ) state 0x6a1f is not available", "state_unavailable"],
];

/** What is said of one call. */
const ITEM: readonly Row[] = [
  [-32000, "header not found", "state_unavailable"],
  [-32000, "header for hash not found", "state_unavailable"],
  [-32000, "unknown block", "state_unavailable"],
  [-32000, "block not found: 0x10", "state_unavailable"],
  [-32000, "block 21015332 not found", "state_unavailable"],
  [-32001, "Block 123 could not be found", "state_unavailable"],
  [-32001, "Resource not found", "state_unavailable"],
  [-32000, "could not find block", "state_unavailable"],
  [-32000, "World state unavailable", "state_unavailable"],
  [-32000, "historical state 0xabc is not available", "state_unavailable"],
  [-32000, "required historical state unavailable (reexec=128)", "state_unavailable"],
  [-32002, "No state available for block 0x123", "state_unavailable"],
  [-32000, "state has been pruned", "state_unavailable"],
  [-32602, "BlockOutOfRangeError: block height is 100 but requested was 200", "state_unavailable"],
  [-32000, "cannot query unfinalized data", "state_unavailable"],
  [-32000, "node is syncing", "state_unavailable"],
  [429, "said otherwise", "throttled"],
  [-32005, "limit exceeded", "throttled"],
  [-32005, "daily request count exceeded", "quota"],
  [-32003, "response too large", "too_large"],
  [-32003, "said otherwise", "too_large"],
  [-32601, "the method eth_getBalance does not exist/is not available", "rpc_error"],
  [-32004, "method not supported", "rpc_error"],
  [-32603, "request 101537 failed, see https://docs.example/s/10150", "rpc_error"],
  [-32600, "Invalid request", "rpc_error"],
  [undefined, "no message", "rpc_error"],
];

for (const [code, message, reason, refusal] of WHOLE) {
  Deno.test(`a batch refused with ${code} "${message}" is ${reason}${refusal ? `, ${refusal}` : ""}`, () => {
    const error = classifyRpcError({ code, message }, 100);
    assert.deepEqual([error.reason, error.refusal], [reason, refusal]);
    assert.notEqual(classifyRpcError({ code, message }).refusal, "no_batch", "one call is no batch");
  });
}

for (const [code, message, reason] of ITEM) {
  Deno.test(`a call refused with ${code} "${message}" is ${reason}`, () => {
    assert.equal(classifyRpcError({ code, message }).reason, reason);
  });
}

/** What is said of an `eth_call` for many balances. */
const CALL: readonly Row[] = [
  // A smaller one will pass.
  [-32000, "out of gas", "too_large", "size"],
  [-32015, "VM execution error: OutOfGas: out of gas", "too_large", "size"],
  [-32000, "gas required exceeds allowance (10000000)", "too_large", "size"],
  [-32000, "intrinsic gas too high -- tx.gas: 16777216, block: 10000000", "too_large", "size"],
  [-32000, "call gas limit exceeds block gas limit", "too_large", "size"],
  [-32000, "transaction gas limit too high (cap: 16777216, tx: 30000000)", "too_large", "size"],
  [-32000, "execution aborted (timeout = 5s)", "too_large", "time"],
  [-32000, "EVM execution timed out", "too_large", "time"],
  [-32000, "call returned result on length 160128 exceeding --rpc.returndata.limit 100000", "too_large", "size"],
  [-32003, "response too large", "too_large", "size"],
  [-32002, "request timed out", "too_large", "size"],
  // None will.
  [-32602, "too many arguments, want at most 2", "rpc_error", "unsupported"],
  [-32601, "the method eth_call does not exist/is not available", "rpc_error", "unsupported"],
  [-32602, "invalid argument 2: json: cannot unmarshal", "rpc_error", "unsupported"],
  [-32000, "state override is not enabled", "rpc_error", "unsupported"],
  [-32004, "Method not supported", "rpc_error", "unsupported"],
  [-32600, "Stateoverrides are disabled", "rpc_error", "unsupported"],
  [-32602, "state override is not available", "rpc_error", "unsupported"],
  [-32601, "eth_call with overrides needs a paid subscription", "rpc_error", "unsupported"],
  [-32601, "the method eth_call is not available at your rate plan", "rpc_error", "unsupported"],
  [-32602, "upgrade your subscription to use this parameter", "rpc_error", "unsupported"],
  [-32602, "missing trie node", "state_unavailable"],
  // These say nothing about it.
  [-32000, "execution reverted", "rpc_error"],
  [-32603, "Internal error", "rpc_error"],
  [-32000, "header not found", "state_unavailable"],
  [-32002, "resource unavailable", "rpc_error"],
  [-32005, "limit exceeded", "throttled"],
  [-32005, "rate limit exceeded, see gas limit docs", "throttled"],
];

for (const [code, message, reason, refusal] of CALL) {
  Deno.test(`an eth_call refused with ${code} "${message}" is ${reason}${refusal ? `, ${refusal}` : ""}`, () => {
    const error = classifyRpcError({ code, message });
    assert.deepEqual([error.reason, error.refusal], [reason, refusal]);
  });
}

Deno.test("classifyStatus() uses the JSON-RPC error of an eth_call", () => {
  const rows: readonly [number, number, string, Reason, Refusal?][] = [
    [400, -32602, "too many arguments, want at most 2", "http_client", "unsupported"],
    [500, -32000, "out of gas", "too_large", "size"],
    [500, -32603, "Internal error", "http_server"],
    [503, -32005, "said otherwise", "http_server"],
    [413, -32007, "Request is too big", "too_large", "size"],
  ];
  for (const [status, code, message, reason, refusal] of rows) {
    const error = classifyStatus(status, "", { code, message }, 1);
    assert.deepEqual([error.reason, error.refusal], [reason, refusal], message);
  }
});

const NONE = undefined;

const STATUSES: readonly (readonly [
  status: number,
  body: string | readonly [code: number, message: string],
  reason: Reason,
  refusal?: Refusal,
])[] = [
  [301, "", "redirect"],
  [304, "", "redirect"],
  [308, "", "redirect"],
  [401, "", "auth"],
  [402, "", "quota"],
  [403, "<html>Forbidden</html>", "auth"],
  [403, [-32600, "Monthly capacity limit exceeded."], "quota"],
  [403, '{"message":"see billing"}', "quota"],
  [403, [-32601, "method not allowed"], "auth"],
  [404, "", "http_client"],
  [407, "", "proxy"],
  [413, "<html>413 Request Entity Too Large</html>", "too_large", "size"],
  [413, [-32007, "Request is too big"], "too_large", "size"],
  [413, [-32014, "too many RPC calls in batch request"], "too_large", "size"],
  [429, "", "throttled"],
  [429, [-32005, "Batch rate limit exceeded"], "throttled"],
  [429, [-32005, "daily request count exceeded, request rate limited"], "quota"],
  [429, [-32600, "batch requests are limited"], "throttled"],
  [400, "batch requests are disabled", "too_large", "no_batch"],
  [400, "too many items in one request", "too_large", "size"],
  [400, [-32600, "Invalid Request"], "http_client", "size"],
  [400, "json: cannot unmarshal array into Go value of type rpc.Request", "http_client", "size"],
  [405, "", "http_client", "size"],
  [415, "", "http_client", "size"],
  [422, '{"detail":"value is not a valid dict"}', "http_client", "size"],
  [501, "", "http_server", "size"],
  [400, [-32005, "rate limit exceeded"], "throttled"],
  [500, "<html>batch too large</html>", "http_server"],
  [500, "", "http_server"],
  [500, [31, "Batch of more than 3 requests are not allowed on free tier"], "too_large", "size"],
  [500, [-32600, "Invalid request"], "http_server", "size"],
  [500, [-32603, "Internal error"], "http_server"],
  [500, [-32000, "header not found"], "state_unavailable"],
  [500, [-32005, "daily request count exceeded"], "http_server"],
  [503, [-32005, "Batch size limit exceeded"], "too_large", "size"],
  [503, [-32005, "server overloaded"], "throttled"],
  [503, [-32005, "said otherwise"], "http_server"],
  [502, "", "http_server"],
  [504, "<html></html>", "http_server"],
  [999, "", "http_server"],
];

for (const [status, body, reason, refusal] of STATUSES) {
  const isText = typeof body === "string";
  const text = isText ? body : JSON.stringify({ error: { code: body[0], message: body[1] } });
  const said = isText ? NONE : { code: body[0], message: body[1] };
  Deno.test(`HTTP ${status} ${text.slice(0, 60)} to a batch is ${reason}${refusal ? `, ${refusal}` : ""}`, () => {
    const error = classifyStatus(status, text, said, 100);
    assert.deepEqual([error.reason, error.refusal], [reason, refusal]);
    assert.notEqual(classifyStatus(status, text, said, 1).refusal, "no_batch", "one call is no batch");
    assert.ok(error.message.startsWith(`HTTP ${status}`));
  });
}

Deno.test("classifyRpcError() cuts long messages, and matches their beginning", () => {
  const error = classifyRpcError({ code: 1, message: "batch ".repeat(1_000_000) }, 2);
  assert.ok(error.message.length <= 201);
});
