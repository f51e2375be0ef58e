import { accountsOf } from "../../fakes/open_pool.ts";
import { chunksOf } from "../../fakes/read_values.ts";
import { toAccounts } from "../../fakes/accounts.ts";
import assert from "node:assert/strict";
import { isUnknownRefusal, tryHalf } from "../../../src/evm/strategies/half_call.ts";
import type { ReadResult } from "../../../src/evm/strategies/read_chunks.ts";
import { createSizeLimit, type SizeLimit } from "../../../src/evm/strategies/size_limit.ts";
import { REASON_NAMES, RpcError } from "../../../src/jsonrpc/errors.ts";

const ACCOUNTS = toAccounts(accountsOf(3));
const READ: ReadResult = { chunks: chunksOf([["missing", 5n], ["missing"]], ACCOUNTS), failure: undefined };
const UNREAD: ReadResult = { chunks: chunksOf([["missing", "missing"]], ACCOUNTS), failure: undefined };
const UNCONFIRMED: ReadResult = { ...UNREAD, unconfirmed: true };

/** Tries half of a call for 200, and what is known of the size meanwhile and in the end. */
async function tried(reading: ReadResult, limit: SizeLimit = createSizeLimit(200)) {
  let meanwhile: number | undefined;
  const result = await tryHalf(limit, 100, 0, () => {
    meanwhile = limit.size;
    return Promise.resolve(reading);
  });
  return [result, meanwhile, limit.size];
}

Deno.test("isUnknownRefusal() is a refusal of a call that names no cause", () => {
  const unknown = new Set(["rpc_error", "http_client", "http_server"]);
  for (const reason of REASON_NAMES) {
    assert.equal(isUnknownRefusal(new RpcError(reason, "")), unknown.has(reason), reason);
    assert.equal(isUnknownRefusal(new RpcError(reason, "", "unsupported")), false, reason);
  }
});

Deno.test("tryHalf() halves the calls from now on where that is answered", async () => {
  assert.deepEqual(await tried(READ), [READ, 100, 100]);
});

Deno.test("tryHalf() learns nothing where half as much is not answered either", async () => {
  assert.deepEqual(await tried(UNREAD), [undefined, 100, 200]);
});

Deno.test("tryHalf() keeps the half where only the comparison was not answered", async () => {
  assert.deepEqual(await tried(UNCONFIRMED), [UNCONFIRMED, 100, 100]);
});

Deno.test("tryHalf() sends nothing where the calls are no larger than that already", async () => {
  assert.deepEqual(await tried(READ, createSizeLimit(100)), [undefined, undefined, 100]);
});
