import assert from "node:assert/strict";
import { REASON_NAMES, RpcError } from "../../../src/jsonrpc/errors.ts";
import { ENDPOINT_STATES } from "../../../src/model/source.ts";
import { endpointState } from "../../../src/evm/pool/endpoint_status.ts";

Deno.test("endpointState() is ok without a reason, and never with one", () => {
  assert.equal(endpointState(undefined), "ok");
  for (const reason of REASON_NAMES) {
    const state = endpointState(new RpcError(reason, ""));
    assert.ok(ENDPOINT_STATES.includes(state));
    assert.notEqual(state, "ok", reason);
  }
});

Deno.test("endpointState() distinguishes failures with different remedies", () => {
  const special = REASON_NAMES.map((reason) => [reason, endpointState(new RpcError(reason, ""))])
    .filter(([, state]) => state !== "unreachable");
  assert.deepEqual(special, [
    ["auth", "unauthorized"],
    ["quota", "exhausted"],
    ["throttled", "throttled"],
    ["wrong_chain", "wrong_chain"],
    ["lagging", "lagging"],
  ]);
});

Deno.test("endpointState() is unsupported where the method itself is refused", () => {
  assert.equal(endpointState(new RpcError("rpc_error", "method not found", "unsupported")), "unsupported");
});
