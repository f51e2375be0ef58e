import assert from "node:assert/strict";
import { REASON_NAMES, RpcError } from "../../../src/jsonrpc/errors.ts";
import { ENDPOINT_STATES } from "../../../src/model/source.ts";
import { endpointState, statusOf } from "../../../src/evm/pool/endpoint_status.ts";
import type { HeadStatus } from "../../../src/evm/pool/pool_endpoint.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";

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

Deno.test("statusOf() has the state and strategy of an endpoint that requests were sent to, and its batch size", () => {
  using pool = openPool(["http://127.0.0.1:9998/"], { accounts: accountsOf(1), strategy: "batch" });
  const { poolEndpoint } = pool;
  const { breaker, selector: { sizes } } = poolEndpoint;
  const unknown = { name: "127.0.0.1:9998", state: undefined, strategy: undefined, size: 100, failure: undefined };
  assert.deepEqual(statusOf(poolEndpoint), unknown);
  breaker.asked = true;
  assert.deepEqual(statusOf(poolEndpoint), { ...unknown, state: "ok", strategy: "batch" });
  sizes.batch.size = 1;
  const failure = new RpcError("auth", "");
  breaker.failure = failure;
  assert.deepEqual(statusOf(poolEndpoint), {
    ...unknown,
    state: "unauthorized",
    strategy: "single",
    size: 1,
    failure,
  });
});

Deno.test("statusOf() is lagging or halted by its head, unless it failed", () => {
  using pool = openPool(["http://127.0.0.1:9998/"], { accounts: accountsOf(1) });
  const { poolEndpoint } = pool;
  const stateWith = (headStatus: HeadStatus, failure?: RpcError): unknown => {
    Object.assign(poolEndpoint.breaker, { asked: true, failure });
    poolEndpoint.headStatus = headStatus;
    return statusOf(poolEndpoint).state;
  };
  assert.deepEqual([stateWith("fresh"), stateWith("lagging"), stateWith("halted")], ["ok", "lagging", "halted"]);
  assert.equal(stateWith("lagging", new RpcError("connect", "")), "unreachable");
});
