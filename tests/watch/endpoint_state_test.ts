import assert from "node:assert/strict";
import { REASONS } from "../../src/rpc/rpc_error.ts";
import { ENDPOINT_STATES, endpointState } from "../../src/watch/endpoint_state.ts";

Deno.test("endpointState() is ok without a reason, and never with one", () => {
  assert.equal(endpointState(undefined), "ok");
  for (const reason of REASONS) {
    const state = endpointState(reason);
    assert.ok(ENDPOINT_STATES.includes(state));
    assert.notEqual(state, "ok", reason);
  }
});

Deno.test("endpointState() tells apart what has another remedy", () => {
  const special = REASONS.map((reason) => [reason, endpointState(reason)])
    .filter(([, state]) => state !== "unreachable");
  assert.deepEqual(special, [
    ["auth", "unauthorized"],
    ["quota", "exhausted"],
    ["throttled", "throttled"],
    ["wrong_chain", "wrong_chain"],
    ["lagging", "lagging"],
  ]);
});
