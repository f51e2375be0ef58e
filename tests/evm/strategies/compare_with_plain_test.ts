import type { Account } from "../../../src/assets/asset.ts";
import { chunksOf } from "../../fakes/read_values.ts";
import assert from "node:assert/strict";
import { type Comparing, isAsPlain, largestIn } from "../../../src/evm/strategies/compare_with_plain.ts";
import type { BatchBalances } from "../../../src/evm/strategies/batch_balances.ts";
import type { AmountOrReason } from "../../../src/evm/strategies/account_values.ts";
import type { ChunkResult, ReadResult } from "../../../src/evm/strategies/read_chunks.ts";
import { accountOf, toAccounts, tokenKey } from "../../fakes/accounts.ts";
import type { Call } from "../../../src/jsonrpc/call.ts";
import { RpcError } from "../../../src/jsonrpc/errors.ts";
import { catchLog } from "../../fakes/log_lines.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";
import { startLocalNode } from "../../fakes/fake_node.ts";

const URL = "http://127.0.0.1:9998/";
const [A = "", B = "", C = ""] = accountsOf(3);
const HEAD = { chainId: 1, block: { number: 100n, time: 1000, byEvm: true } } as const;

/** A result of chunks that follow each other. */
function readingOf(
  keys: readonly string[],
  ...chunks: readonly (readonly [head: ChunkResult["head"], ...values: readonly AmountOrReason[]])[]
): ReadResult {
  const accounts = toAccounts(keys);
  const made = chunksOf(chunks.map(([, ...values]) => values), accounts);
  return { chunks: made.map(({ values }, index) => ({ head: chunks[index]?.[0], values })), failure: undefined };
}

Deno.test("largestIn() finds the largest native balance, in whatever chunk it is, and its block", () => {
  const other = { chainId: 1, block: { number: 101n, time: 1001 } };
  const accounts = accountsOf(5);
  const reading = readingOf(accounts, [HEAD, 2n, "missing"], [other, 5n, 3n], [HEAD, 4n]);
  assert.deepEqual(largestIn(reading), { account: accountOf(accounts[2] ?? ""), amount: 5n, head: other });
});

Deno.test("largestIn() finds a balance of 1, and none where all are 0 or none was read", () => {
  assert.equal(largestIn(readingOf([A, B], [HEAD, 0n, 1n]))?.account.holder, B);
  assert.equal(largestIn(readingOf([A, B], [HEAD, 0n, "missing"])), undefined);
});

Deno.test("largestIn() passes over what is of no known chain", () => {
  const unknown = { chainId: undefined, block: HEAD.block };
  const reading = readingOf([A, B, C], [undefined, 9n], [unknown, 8n], [HEAD, 1n]);
  assert.equal(largestIn(reading)?.account.holder, C);
});

Deno.test("largestIn() passes over tokens, wherever they are in a chunk", () => {
  const reading = readingOf([A, B, tokenKey(C, A), tokenKey(C, B)], [HEAD, 1n], [HEAD, 2n, 7n], [HEAD, 9n]);
  assert.deepEqual(largestIn(reading), { account: accountOf(B), amount: 2n, head: HEAD });
});

/** What is reported: by `eth_getBalance` at a block and, again and again, at the latest one, by the strategy, and of the chain. */
interface Reported {
  readonly atBlock?: bigint | Error;
  readonly latest: readonly bigint[];
  readonly byStrategy?: bigint | RpcError;
  readonly chainIds?: readonly [byEvm: number, byMethod: number];
}

interface Compared {
  readonly result: boolean | RpcError;
  readonly requests: readonly string[];
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  readonly faults: readonly string[];
}

/** Compares a balance of 9 wei at block 100 of chain 1. */
async function compare(reported: Reported, at: Comparing["at"] = "latest"): Promise<Compared> {
  const { atBlock = 8n, byStrategy = 9n, chainIds: [byEvm, byMethod] = [1, 1] } = reported;
  const latest = [...reported.latest];
  const clock = createFakeClock();
  using log = catchLog();
  using pool = openPool([URL], { accounts: [A], clock });
  using node = startLocalNode({
    answer: ({ method, params: [, block] }) => {
      if (method === "eth_chainId") return `0x${byMethod.toString(16)}`;
      if (method === "eth_call") return "0x";
      const balance = block === "latest" ? latest.shift() : atBlock;
      if (balance instanceof Error) throw balance;
      return `0x${(balance ?? 0n).toString(16)}`;
    },
  });
  const callOf = (accounts: readonly Account[], block: Comparing["at"]): Call<BatchBalances> => ({
    method: "eth_call",
    params: JSON.stringify([...accounts.map(({ holder }) => holder), block]),
    answerBytes: 1000,
    decode: () => ({ chainId: byEvm, block: HEAD.block, balances: [byStrategy] }),
  });
  const sample = { account: accountOf(A), amount: 9n, head: HEAD };
  const comparing = {
    endpoint: pool.poolEndpoint.endpoint,
    strategy: "packed",
    sample,
    at,
    callOf,
    limits: pool.limits,
  };
  const result = await isAsPlain(comparing).catch((error: unknown) => {
    assert.ok(error instanceof RpcError);
    return error;
  });
  const requests = node.seen.flatMap(({ items }) => items).map(({ method, params }) =>
    [method.slice(4), ...params].join(" ")
  );
  return { result, requests, lines: [...log.lines], faults: [...pool.faults] };
}

Deno.test("isAsPlain() compares with the plain balance at the same block, in one request", async () => {
  const { result, requests } = await compare({ atBlock: 9n, latest: [] });
  assert.deepEqual([result, requests], [true, [`getBalance ${A} 0x64`]]);
  // Where the EVM reported another number, the block that was asked for is the one.
  const own = await compare({ atBlock: 9n, latest: [] }, { number: 50n, time: 500 });
  assert.deepEqual([own.result, own.requests], [true, [`getBalance ${A} 0x32`]]);
});

const LATEST = [`getBalance ${A} 0x64`, `getBalance ${A} latest`, `call ${A} latest`];

Deno.test("isAsPlain() compares again at the latest block where the balances differ, or there is no such block", async () => {
  for (const atBlock of [8n, new Error("header not found"), new Error("boo")]) {
    const { result, requests } = await compare({ atBlock, latest: [9n] });
    assert.deepEqual([result, requests], [true, LATEST], String(atBlock));
  }
});

Deno.test("isAsPlain() allows a balance that changed just before the strategy read it", async () => {
  const { result, requests } = await compare({ latest: [7n, 9n] });
  assert.deepEqual([result, requests], [true, [...LATEST, `getBalance ${A} latest`]]);
});

Deno.test("isAsPlain() finds other balances, and logs both", async () => {
  const { result, requests, lines } = await compare({ latest: [7n, 7n] });
  assert.deepEqual([result, requests], [false, [...LATEST, `getBalance ${A} latest`, "chainId"]]);
  assert.deepEqual(lines, [{
    level: "warn",
    msg: "Strategy disagrees with eth_getBalance, not used for a day",
    endpoint: "127.0.0.1:9998",
    strategy: "packed",
    address: A,
    balance: "9",
    eth_getBalance: "7",
  }]);
});

Deno.test("isAsPlain() is undecided while the balance changes between all requests", async () => {
  const { result, lines } = await compare({ latest: [7n, 6n] });
  assert.ok(result instanceof RpcError);
  assert.deepEqual([result.reason, lines], ["state_unavailable", []]);
});

Deno.test("isAsPlain() blames no strategy for a chain that changed between two questions", async () => {
  for (const chainIds of [[2, 1], [1, 2]] as const) {
    const { result, faults, lines } = await compare({ latest: [7n, 7n], chainIds });
    assert.ok(result instanceof RpcError, String(chainIds));
    assert.deepEqual([result.reason, faults, lines], ["wrong_chain", ["wrong_chain"], []]);
    assert.equal(result.message, "the chain changed between two requests");
  }
});

Deno.test("isAsPlain() is undecided where a request is not answered", async () => {
  const failed = await compare({ latest: [7n], byStrategy: new RpcError("reverted", "") });
  assert.ok(failed.result instanceof RpcError);
  assert.equal(failed.result.reason, "reverted");
  const refused = await compare({ atBlock: new Error("rate limit exceeded"), latest: [9n] });
  assert.ok(refused.result instanceof RpcError);
  assert.deepEqual([refused.result.reason, refused.requests.length], ["throttled", 1]);
});
