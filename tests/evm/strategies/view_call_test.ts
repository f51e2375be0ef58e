import assert from "node:assert/strict";
import { callFor, coinsIn, decimalsAccount, viewOf } from "../../../src/evm/strategies/view_call.ts";
import { tokenAccount } from "../../../src/plan/plan.ts";
import { RpcError } from "../../../src/jsonrpc/errors.ts";

const TOKEN = `0x${"ab".repeat(20)}`;
const SENDER = `0x${"ef".repeat(20)}`;
const HOLDER = `0x${"12".repeat(20)}`;

Deno.test("viewOf() tells what is asked of a contract, and that a coin's is asked of none", () => {
  assert.equal(viewOf(HOLDER), undefined);
  assert.deepEqual(viewOf(tokenAccount(TOKEN, HOLDER)), {
    token: TOKEN,
    selector: "70a08231",
    argument: "12".repeat(20),
  });
  assert.deepEqual(viewOf(decimalsAccount(TOKEN)), { token: TOKEN, selector: "313ce567", argument: "0".repeat(40) });
});

Deno.test("coinsIn() counts the coins that stand before the tokens", () => {
  const token = tokenAccount(TOKEN, HOLDER);
  assert.deepEqual([[], [HOLDER], [HOLDER, HOLDER, token], [token, token]].map(coinsIn), [0, 1, 2, 0]);
});

Deno.test("callFor() asks for a coin by eth_getBalance and for a token by eth_call, with bounded gas", () => {
  assert.deepEqual(callFor(HOLDER, 16n, SENDER).method, "eth_getBalance");
  const { method, params, decode } = callFor(tokenAccount(TOKEN, HOLDER), 16n, SENDER);
  assert.equal(method, "eth_call");
  assert.deepEqual(JSON.parse(params), [
    { from: SENDER, to: TOKEN, data: `0x70a08231${"12".repeat(20).padStart(64, "0")}`, gas: "0x493e0" },
    "0x10",
  ]);
  assert.equal(decode(`0x${"5".padStart(64, "0")}`), 5n);
  for (const other of ["0x", "0x05", `0x${"00".repeat(64)}`]) {
    assert.throws(() => decode(other), { reason: "reverted" });
  }
  for (const bad of [null, 5, "5", `0x${"g".repeat(64)}`, "0x0"]) {
    assert.throws(() => decode(bad), { reason: "bad_value" });
  }
});

Deno.test("callFor() tells a contract's failure from the node's", () => {
  const token = tokenAccount(TOKEN, HOLDER);
  const classified = (error: RpcError, account = token): string =>
    (callFor(account, 1n, SENDER).classify?.(error) ?? error).reason;
  const reasonOf = (message: string, account = token): string =>
    classified(new RpcError("rpc_error", `-32000: ${message}`), account);
  for (
    const said of [
      "execution reverted",
      "out of gas",
      "EVM error OutOfGas",
      "invalid opcode: opcode 0xfe not defined",
      "stack underflow",
    ]
  ) {
    assert.equal(reasonOf(said), "reverted", said);
    assert.equal(reasonOf(said, HOLDER), "rpc_error", "a coin has no contract");
  }
  for (
    const said of [
      "header not found",
      "EVM error; database error: failed",
      "out of gas: gas cap of node",
      "internal error",
      "execution aborted (timeout = 5s)",
    ]
  ) {
    assert.equal(reasonOf(said), "rpc_error", said);
  }
  assert.equal(classified(new RpcError("too_large", "more than the 1024 bytes")), "reverted");
  assert.equal(classified(new RpcError("too_large", "batch too large", "size")), "too_large");
});
