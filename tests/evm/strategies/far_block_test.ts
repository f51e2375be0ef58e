import assert from "node:assert/strict";
import { farBlockCall } from "../../../src/evm/strategies/far_block.ts";
import { accountOf, tokenKey } from "../../fakes/accounts.ts";
import { REASON_NAMES, RpcError } from "../../../src/jsonrpc/errors.ts";
import { accountsOf } from "../../fakes/open_pool.ts";

const [HOLDER = "", SENDER = ""] = accountsOf(2);
const TOKEN = `0x${"ab".repeat(20)}`;

Deno.test("farBlockCall() requests a balance a million blocks above the head", () => {
  const coin = farBlockCall(accountOf(HOLDER), 100n, undefined);
  assert.deepEqual([coin.method, JSON.parse(coin.params)], ["eth_getBalance", [HOLDER, "0xf42a4"]]);
  const token = farBlockCall(accountOf(tokenKey(TOKEN, HOLDER)), 100n, SENDER);
  const [{ to, from }, block] = JSON.parse(token.params);
  assert.deepEqual([token.method, to, from, block], ["eth_call", TOKEN, SENDER, "0xf42a4"]);
});

Deno.test("farBlockCall() returns a balance, or that there is none", () => {
  const coin = farBlockCall(accountOf(HOLDER), 100n, undefined);
  assert.equal(coin.decode("0x7"), 7n);
  assert.equal(coin.decode(null), "refused");
  assert.equal(farBlockCall(accountOf(tokenKey(TOKEN, HOLDER)), 100n, SENDER).decode("0x"), "refused");
});

Deno.test("farBlockCall() accepts errors about missing blocks as a refusal, and no others", () => {
  const { recover } = farBlockCall(accountOf(HOLDER), 100n, undefined);
  const refusals = new Set(["state_unavailable", "rpc_error", "bad_value", "reverted"]);
  for (const reason of REASON_NAMES) {
    const error = new RpcError(reason, "");
    if (refusals.has(reason)) assert.equal(recover?.(error), "refused", reason);
    else assert.throws(() => recover?.(error), error, reason);
  }
});
