import assert from "node:assert/strict";
import { REASON_NAMES, REASONS, RpcError } from "../../src/jsonrpc/errors.ts";

Deno.test("REASON_NAMES are the values of the reason label, in their order", () => {
  const expected = "connect dns denied timeout tls reset protocol proxy redirect http_client http_server auth quota " +
    "throttled too_large not_json envelope missing rpc_error bad_value wrong_chain lagging state_unavailable " +
    "integrity reverted internal";
  assert.equal(REASON_NAMES.join(" "), expected);
});

Deno.test("RpcError has the traits of its reason", () => {
  for (const reason of REASON_NAMES) assert.equal(new RpcError(reason, "").traits, REASONS[reason]);
});

Deno.test("REASONS count a revert alone as an answer of the chain", () => {
  assert.deepEqual(REASON_NAMES.filter((reason) => REASONS[reason].scope === "chain"), ["reverted"]);
});
