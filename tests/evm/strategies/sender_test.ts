import assert from "node:assert/strict";
import { multicallCall } from "../../../src/evm/strategies/multicall_call.ts";
import { overrideBalancesCall } from "../../../src/evm/strategies/override_balances.ts";
import { overrideViewsCall } from "../../../src/evm/strategies/override_views.ts";
import { pollOnce } from "../../fakes/read_values.ts";
import { toAccounts, tokenKey } from "../../fakes/accounts.ts";
import { type Item, startFakeNode } from "../../fakes/fake_node.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";

const COINS = accountsOf(2);
const TOKEN = `0x${"ab".repeat(20)}`;
const TOKENS = COINS.map((holder) => tokenKey(TOKEN, holder));
const MULTICALL = `0x${"ca".repeat(20)}`;
const MAX_WEI = 2n ** 256n - 1n;

interface Transaction {
  readonly from?: string;
  readonly to: string;
}

function sentBy(params: readonly unknown[]): Transaction {
  return params[0] as Transaction;
}

const CALLS = {
  packed: () => overrideBalancesCall(toAccounts(COINS), "latest"),
  "packed, tokens": () => overrideViewsCall(toAccounts(TOKENS), "latest"),
  multicall: () => multicallCall(MULTICALL, toAccounts([...COINS, ...TOKENS]), "latest"),
};

for (const [name, callOf] of Object.entries(CALLS)) {
  Deno.test(`an eth_call has an unknown sender: ${name}`, () => {
    const senders = Array.from({ length: 3 }, () => {
      const { from = "", to } = sentBy(JSON.parse(callOf().params));
      assert.match(from, /^0x[0-9a-f]{40}$/);
      assert.ok(![to, ...COINS, TOKEN, MULTICALL].includes(from));
      return from;
    });
    assert.equal(new Set(senders).size, 3);
  });
}

for (const limit of [Infinity, 1]) {
  Deno.test(`every eth_call for a token names a sender, ${limit} in a request`, async () => {
    await using node = startFakeNode({ limit });
    using pool = openPool([node.url], { accounts: TOKENS, strategy: "batch" });
    await pollOnce(pool.network, pool.limits);
    const calls = node.seen.flatMap(({ items }) => items).filter(({ method }) => method === "eth_call");
    assert.ok(calls.length >= 2);
    for (const { params } of calls) assert.match(sentBy(params).from ?? "", /^0x[0-9a-f]{40}$/);
  });
}

Deno.test("a sender with a balance of 2^256 - 1 is not a watched wallet", async () => {
  const [first = ""] = COINS;
  await using node = startFakeNode({
    overrides: true,
    balances: new Map([[first, 5n]]),
    // A call without a sender is made as the first account of the keystore.
    evm: (wei, address, sender = first) => address === sender ? MAX_WEI : wei,
  });
  using pool = openPool([node.url], { accounts: COINS });
  const { outcomes } = await pollOnce(pool.network, pool.limits);
  assert.deepEqual(outcomes.map((outcome) => typeof outcome === "object" && outcome.amount), [5n, 0n]);
});

const UNKNOWN_SENDERS = ["call raw get actor: actor not found", "PAYER_ACCOUNT_NOT_FOUND"];

for (const message of UNKNOWN_SENDERS) {
  for (const limit of [Infinity, 1]) {
    Deno.test(`tokens are read without a sender where it needs an account: ${message}, ${limit} in a request`, async () => {
      const answer = (item: Item): unknown => {
        if (item.method !== "eth_call") return undefined;
        const isKnown = sentBy(item.params).from === undefined;
        return isKnown ? { result: `0x${"7".padStart(64, "0")}` } : { error: { code: 1, message } };
      };
      await using node = startFakeNode({
        limit,
        mangle: (replies, { items }) =>
          replies.map((reply, index) => {
            const item = items[index];
            const { result: _, ...rest } = reply;
            const other = item === undefined ? undefined : answer(item);
            return other === undefined ? reply : { jsonrpc: rest["jsonrpc"], id: rest["id"], ...other };
          }),
      });
      using pool = openPool([node.url], { accounts: TOKENS, strategy: "batch" });
      await pollOnce(pool.network, pool.limits);
      const { outcomes } = await pollOnce(pool.network, pool.limits);
      assert.deepEqual(outcomes.map((outcome) => typeof outcome === "object" && outcome.amount), [7n, 7n]);
    });
  }
}
