import assert from "node:assert/strict";
import { noteSender, randomSender, senderFor } from "../../../src/evm/strategies/sender.ts";
import type { Endpoint } from "../../../src/jsonrpc/endpoint.ts";
import { RpcError } from "../../../src/jsonrpc/errors.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";

/** Whether calls still name a sender after an answer. */
function namesSenderAfter(results: readonly unknown[]): boolean {
  using pool = openPool(["http://127.0.0.1:9998/"], { accounts: accountsOf(1) });
  const { endpoint }: { readonly endpoint: Endpoint } = pool.poolEndpoint;
  noteSender(endpoint, results);
  return senderFor(endpoint) !== undefined;
}

Deno.test("randomSender() is another address each time", () => {
  const senders = Array.from({ length: 5 }, randomSender);
  for (const sender of senders) assert.match(sender, /^0x[0-9a-f]{40}$/);
  assert.equal(new Set(senders).size, 5);
});

/** What nodes say of a sender without an account. */
const REFUSALS = [
  "call raw get actor: resolution lookup failed: actor not found",
  "PAYER_ACCOUNT_NOT_FOUND",
  "payer account not found",
  "Sender account not found",
  "senderAccountNotFound",
  "Non Existing Account Address",
  "non-existing account",
  `sender ${"x".repeat(18)} does not exist`,
  "the sender doesn't exist",
];

for (const message of REFUSALS) {
  Deno.test(`noteSender() omits the sender for an endpoint that reports: ${message}`, () => {
    assert.ok(!namesSenderAfter([7n, new RpcError("rpc_error", message)]));
  });
}

Deno.test("noteSender() accepts nothing else as a refusal of the sender", () => {
  const others = ["contract does not exist", "account not found", `sender ${"x".repeat(19)} does not exist`];
  for (const message of others) assert.ok(namesSenderAfter([new RpcError("rpc_error", message)]), message);
  assert.ok(namesSenderAfter([new Error("actor not found"), 7n]), "only what the node said counts");
});
