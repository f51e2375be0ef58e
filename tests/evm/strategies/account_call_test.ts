import assert from "node:assert/strict";
import { callFor } from "../../../src/evm/strategies/account_call.ts";
import { type Account, type Asset, contractOf, type ViewAnswer } from "../../../src/assets/asset.ts";
import { View } from "../../../src/assets/view.ts";
import { accountOf, decimalsKey, tokenKey } from "../../fakes/accounts.ts";
import { RpcError } from "../../../src/jsonrpc/errors.ts";

const TOKEN = `0x${"ab".repeat(20)}`;
const SENDER = `0x${"ef".repeat(20)}`;
const HOLDER = `0x${"12".repeat(20)}`;

Deno.test("contractOf() is the contract that is called, and none for a native balance", () => {
  assert.equal(contractOf(accountOf(HOLDER)), undefined);
  assert.equal(contractOf(accountOf(tokenKey(TOKEN, HOLDER))), TOKEN);
  assert.equal(contractOf(accountOf(decimalsKey(TOKEN))), TOKEN);
});

Deno.test("callFor() requests the decimals of a token without an argument", () => {
  const { params } = callFor(accountOf(decimalsKey(TOKEN)), "latest", { sender: undefined, isUnbounded: true });
  assert.deepEqual(JSON.parse(params), [{ to: TOKEN, data: `0x313ce567${"0".repeat(64)}` }, "latest"]);
});

Deno.test("callFor() sends any other method with its parameters and the block, and reads a quantity", () => {
  const asset: Asset = {
    kind: "transactions",
    requestType: "method",
    request: (holder) => ({ type: "method", method: "eth_getTransactionCount", params: [holder] }),
  };
  const { method, params, decode } = callFor({ asset, holder: HOLDER, key: "" }, 16n, { sender: SENDER });
  assert.deepEqual([method, JSON.parse(params)], ["eth_getTransactionCount", [HOLDER, "0x10"]]);
  assert.equal(decode("0x10"), 16n);
  assert.throws(() => decode("16"), { reason: "bad_value" });
  const code: Asset = {
    ...asset,
    request: (holder) => ({
      type: "method",
      method: "eth_getCode",
      params: [holder],
      decode: (code) => BigInt(code === "0x"),
    }),
  };
  assert.equal(callFor({ asset: code, holder: HOLDER, key: "" }, "latest", { sender: SENDER }).decode("0x"), 1n);
});

Deno.test("callFor() requests a native balance by eth_getBalance and a token by eth_call, with limited gas", () => {
  assert.deepEqual(callFor(accountOf(HOLDER), 16n, { sender: SENDER }).method, "eth_getBalance");
  const { method, params, decode } = callFor(accountOf(tokenKey(TOKEN, HOLDER)), 16n, { sender: SENDER });
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

/** A view with arguments, which returns these words. */
function viewOf(answer?: ViewAnswer): Account {
  const argumentParts = [`${"0".repeat(24)}`, "7".padStart(64, "0")];
  return new View(TOKEN, { signature: "", functionSelector: "00fdd58e", argumentParts, answer }).account(HOLDER);
}

Deno.test("callFor() sends all arguments of a view, and reads the declared word of its answer", () => {
  const words = (...numbers: readonly number[]): string =>
    `0x${numbers.map((number) => String(number).padStart(64, "0")).join("")}`;
  const one = callFor(viewOf(), 16n, { sender: undefined });
  const [{ data }] = JSON.parse(one.params);
  assert.equal(data, `0x00fdd58e${"12".repeat(20).padStart(64, "0")}${"7".padStart(64, "0")}`);
  assert.deepEqual([one.decode(words(5)), one.answerBytes], [5n, 1024]);
  const third = callFor(viewOf({ word: 2, words: 4, isOpen: false }), 16n, { sender: undefined });
  assert.deepEqual([third.decode(words(1, 2, 3, 4)), third.answerBytes], [3n, 1024 + 64 * 3]);
  for (const other of [words(1, 2, 3), words(1, 2, 3, 4, 5), "0x", `${words(1, 2, 3, 4)}00`]) {
    assert.throws(() => third.decode(other), { reason: "reverted" }, other);
  }
  const open = callFor(viewOf({ word: 1, words: 2, isOpen: true }), 16n, { sender: undefined });
  assert.deepEqual([open.decode(words(1, 2)), open.decode(`${words(1, 2, 3)}abcd`)], [2n, 2n]);
  assert.throws(() => open.decode(words(1)), { reason: "reverted" });
  assert.throws(() => open.decode(`0x${"g".repeat(128)}`), { reason: "bad_value" });
  assert.throws(() => open.decode([words(1, 2)]), { reason: "bad_value" });
});

Deno.test("callFor() distinguishes a contract's failure from the node's", () => {
  const token = tokenKey(TOKEN, HOLDER);
  const classified = (error: RpcError, account = token): string =>
    (callFor(accountOf(account), 1n, { sender: SENDER }).classify?.(error) ?? error).reason;
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
