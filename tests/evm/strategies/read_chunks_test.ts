import { chunksOf, valuesOf } from "../../fakes/read_values.ts";
import { toAccounts } from "../../fakes/accounts.ts";
import { AccountValues } from "../../../src/evm/strategies/account_values.ts";
import assert from "node:assert/strict";
import {
  type Answered,
  failedResult,
  failureOf,
  firstErrorIn,
  isAnyRead,
  isBusy,
  isRefused,
  mayBeOfCall,
  readChunks,
  valuesIn,
} from "../../../src/evm/strategies/read_chunks.ts";
import { createSizeLimit, type SizeLimit } from "../../../src/evm/strategies/size_limit.ts";
import { type Reason, REASON_NAMES, REASONS, RpcError } from "../../../src/jsonrpc/errors.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";
import { accountsOf } from "../../fakes/open_pool.ts";

const HEAD = { chainId: 1, block: { number: 7n, time: 70 } };
const CLOCK = createFakeClock();

/** What one request gives, or why it failed. */
type Answer = (addresses: readonly string[]) => Partial<Answered> | RpcError;

/** One request: the place of its accounts in the list, and how many others were under way. */
type Sent = readonly [start: number, count: number, beside: number];

interface Chunked {
  readonly sent: readonly Sent[];
  readonly wei: readonly unknown[];
  readonly reading: Awaited<ReturnType<typeof readChunks>>;
}

/** Reads accounts whose balances are their places in the list. */
async function read(
  count: number,
  limit: SizeLimit,
  answer: Answer = () => ({}),
  options: { readonly extra?: number; readonly most?: number; readonly endsEarly?: boolean } = {},
): Promise<Chunked> {
  const accounts = toAccounts(accountsOf(count));
  const sent: Sent[] = [];
  let open = 0;
  const reading = await readChunks(accounts, {
    clock: CLOCK,
    limit,
    extra: 0,
    ...options,
    read: async (some) => {
      const addresses = some.map(({ holder }) => holder);
      const start = Number(addresses[0]) - 1;
      sent.push([start, addresses.length, open++]);
      await Promise.resolve();
      open--;
      const answered = answer(addresses);
      if (answered instanceof RpcError) throw answered;
      return { head: HEAD, outcomes: addresses.map((address) => BigInt(address) - 1n), ...answered };
    },
  });
  const read = valuesIn(reading).map(([account]) => account);
  assert.equal(new Set(read).size, read.length, "an account is read once");
  const wei = valuesOf(reading, accounts);
  return { sent, wei, reading };
}

/** Every account's balance is its own. */
function assertAllRead({ wei }: Chunked): void {
  assert.deepEqual(wei, wei.map((_, index) => BigInt(index)));
}

function limitOf(size: number, confirmed = size): SizeLimit {
  return Object.assign(createSizeLimit(size), { confirmed });
}

/** Refuses more than this many at once. */
function refuseAbove(most: number, refusal: "size" | "time" | "no_batch" = "size"): Answer {
  return ({ length }) => length > most ? new RpcError("too_large", "", refusal) : {};
}

Deno.test("readChunks() sends nothing for no accounts", async () => {
  const { sent, reading } = await read(0, limitOf(10));
  assert.deepEqual([sent, reading.chunks, reading.unread, reading.failure], [[], [], [], undefined]);
});

Deno.test("readChunks() sends as few requests as can be, all of nearly one size, at once", async () => {
  const all = await read(250, limitOf(100));
  assert.deepEqual(all.sent, [[0, 84, 0], [84, 84, 1], [168, 82, 2]]);
  assertAllRead(all);
});

Deno.test("readChunks() returns the values in the order of the accounts, also of those that it did not request", async () => {
  const accounts = toAccounts(accountsOf(30));
  for (const answer of [() => ({}), () => new RpcError("timeout", "")]) {
    const { reading } = await read(30, limitOf(10, 0), answer);
    assert.deepEqual(valuesIn(reading).map(([account]) => account), accounts);
  }
});

Deno.test("readChunks() tries a size that was never answered once before all are sent", async () => {
  const limit = limitOf(100, 0);
  const all = await read(250, limit);
  assert.deepEqual(all.sent, [[0, 84, 0], [84, 83, 0], [167, 83, 1]]);
  assert.equal(limit.confirmed, 84);
  assertAllRead(all);
  // It is enough that one of them is larger than what was answered.
  const { sent } = await read(251, limitOf(100, 83));
  assert.deepEqual(sent.map(([, , beside]) => beside), [0, 0, 1]);
});

Deno.test("readChunks() resets the failures of batches with the first that is answered", async () => {
  const limit = Object.assign(limitOf(100), { unclearFailures: 2 });
  await read(3, limit, () => new RpcError("http_server", ""));
  assert.equal(limit.unclearFailures, 2);
  await read(3, limit);
  assert.equal(limit.unclearFailures, 0);
});

Deno.test("readChunks() finds a limit that was lowered far below what was answered before, where few are read", async () => {
  const limit = limitOf(100);
  for (let poll = 0; poll < 2; poll++) {
    const { sent, reading } = await read(6, limit, refuseAbove(3));
    assert.deepEqual([sent, reading.failure?.refusal, limit.size], [[[0, 6, 0]], "size", 100]);
  }
  const all = await read(6, limit, refuseAbove(3));
  assertAllRead(all);
  assert.equal(limit.size, 3);
  // In between they were answered.
  const other = limitOf(100);
  for (let poll = 0; poll < 12; poll++) await read(6, other, poll % 2 === 1 ? () => ({}) : refuseAbove(3));
  assert.deepEqual([other.size, other.confirmed], [100, 100]);
});

Deno.test("readChunks() counts no failure as a refusal that is not for the size", async () => {
  const limit = limitOf(100);
  await read(6, limit, () => new RpcError("http_server", ""));
  assert.deepEqual([limit.refusals, limit.confirmed], [0, 100]);
});

Deno.test("readChunks() counts requests that are refused together as one refusal", async () => {
  const limit = Object.assign(limitOf(100), { size: 6 });
  await read(24, limit, refuseAbove(3));
  assert.deepEqual([limit.refusals, limit.confirmed], [1, 100]);
});

Deno.test("readChunks() counts the calls of a request besides balances", async () => {
  const limit = limitOf(102, 100);
  const all = await read(202, limit, undefined, { extra: 1 });
  assert.deepEqual(all.sent, [[0, 101, 0], [101, 101, 0]]);
  assert.equal(limit.confirmed, 102);
  // A size that leaves room for no balance leaves all accounts unread.
  const none = await read(3, limitOf(1), undefined, { extra: 1 });
  assert.deepEqual([none.sent, none.reading.chunks, none.reading.unread], [[], [], toAccounts(accountsOf(3))]);
});

Deno.test("readChunks() sends no more at once than it may", async () => {
  const { sent } = await read(62, limitOf(100), undefined, { most: 31, extra: 1 });
  assert.deepEqual(sent.map(([, count]) => count), [21, 21, 20]);
});

for (const refusal of ["size", "time"] as const) {
  Deno.test(`readChunks() halves the size after a refusal, until it is answered: ${refusal}`, async () => {
    const limit = limitOf(9);
    const all = await read(27, limit, refuseAbove(4, refusal));
    // What was refused is one range again: 7 requests and not 9. The new size is tried once first.
    assert.deepEqual(all.sent.map(([, count]) => count), [9, 9, 9, 4, 4, 4, 4, 4, 4, 3]);
    assert.deepEqual([all.sent[3]?.[2], all.sent[4]?.[2], all.sent[5]?.[2]], [0, 0, 1]);
    assert.deepEqual([limit.size, limit.confirmed, all.reading.failure], [4, 4, undefined]);
    assertAllRead(all);
  });
}

Deno.test("readChunks() sends one call at a time where batches are not supported", async () => {
  const limit = limitOf(100, 0);
  const all = await read(2, limit, refuseAbove(1, "no_batch"));
  assert.deepEqual(all.sent.map(([, count]) => count), [2, 1, 1]);
  assertAllRead(all);
});

Deno.test("readChunks() reads again only what was refused", async () => {
  let refused = 0;
  const answer: Answer = ([first]) =>
    first === accountsOf(21)[20] && refused++ === 0 ? new RpcError("too_large", "", "size") : {};
  const all = await read(30, limitOf(10), answer);
  assert.deepEqual(all.sent.map(([start, count]) => [start, count]), [[0, 10], [10, 10], [20, 10], [20, 5], [25, 5]]);
  assertAllRead(all);
});

Deno.test("readChunks() splits all that was refused as one", async () => {
  const accounts = accountsOf(36);
  const starts = new Set([0, 18, 27].map((place) => accounts[place]));
  const all = await read(
    36,
    limitOf(9),
    ([first = "", ...rest]) => rest.length === 8 && starts.has(first) ? new RpcError("too_large", "", "size") : {},
  );
  const again = all.sent.slice(4).map(([start, count]) => [start, count]);
  assert.deepEqual(again, [[0, 4], [4, 4], [8, 4], [21, 4], [25, 4], [29, 4], [33, 3]]);
  assertAllRead(all);
});

Deno.test("readChunks() reads again what was refused for its size though another request failed", async () => {
  const accounts = accountsOf(20);
  const answer: Answer = ([first, ...rest]) => {
    if (first === accounts[0]) return new RpcError("reset", "");
    return rest.length === 9 ? new RpcError("too_large", "", "size") : {};
  };
  const { wei, reading } = await read(20, limitOf(10), answer);
  assert.deepEqual([wei[0], wei[10], wei[19], reading.failure?.reason], ["reset", 10n, 19n, "reset"]);
});

Deno.test("readChunks() rolls back a size without success though another request failed before", async () => {
  const limit = limitOf(10);
  const { wei } = await read(
    20,
    limit,
    ([first]) => first === accountsOf(1)[0] ? new RpcError("reset", "") : new RpcError("too_large", "", "size"),
  );
  assert.deepEqual([wei[0], wei[10], wei[19], limit.size], ["reset", "too_large", "too_large", 10]);
});

Deno.test("readChunks() rolls back all it learned where not even one at a time was answered", async () => {
  const limit = limitOf(8);
  const { wei, reading } = await read(8, limit, refuseAbove(0));
  assert.deepEqual(wei, new Array(8).fill("too_large"));
  assert.equal(reading.failure?.refusal, "size");
  assert.deepEqual([limit.size, limit.confirmed], [8, 8]);
  // For a while nothing is learned, and nothing is sent twice.
  const { sent } = await read(8, limit, refuseAbove(0));
  assert.deepEqual(sent, [[0, 8, 0]]);
});

Deno.test("readChunks() learns nothing of the size from one account", async () => {
  const limit = limitOf(8, 0);
  const { sent } = await read(1, limit, refuseAbove(0));
  assert.equal(sent.length, 1);
  assert.deepEqual([limit.size, limit.frozenUntil], [8, -Infinity]);
});

Deno.test("readChunks() sends nothing more where a size that was never answered fails in another way", async () => {
  const limit = limitOf(10, 0);
  const failure = new RpcError("timeout", "", "unsupported");
  const { sent, wei, reading } = await read(30, limit, () => failure);
  assert.deepEqual(sent, [[0, 10, 0]]);
  assert.deepEqual(wei, new Array(30).fill("timeout"));
  assert.deepEqual([reading.failure, limit.size, reading.unread], [failure, 10, []]);
  assert.ok(reading.chunks.every(({ head }) => head === undefined));
});

Deno.test("readChunks() loses one request where a size that was answered before fails in another way", async () => {
  const accounts = accountsOf(30);
  const first = new RpcError("reset", "");
  const answer: Answer = ([address]) =>
    address === accounts[10] ? first : address === accounts[20] ? new RpcError("timeout", "") : {};
  const { sent, wei, reading } = await read(30, limitOf(10), answer);
  assert.equal(sent.length, 3);
  assert.deepEqual(wei.slice(8, 12), [8n, 9n, "reset", "reset"]);
  assert.equal(reading.failure, first);
});

Deno.test("readChunks() learns a smaller size from an answer that ends early, and goes on from there", async () => {
  let requests = 0;
  const limit = limitOf(100);
  const all = await read(
    100,
    limit,
    () => requests++ === 0 ? { outcomes: accountsOf(60).map((_, i) => BigInt(i)) } : {},
  );
  assert.equal(limit.size, 50);
  assert.deepEqual(all.sent.map(([start, count]) => [start, count]), [[0, 100], [60, 40]]);
  assertAllRead(all);
});

Deno.test("readChunks() learns a smaller size from an answer that ends before its first quarter, where it may end early", async () => {
  const accounts = accountsOf(200);
  for (const [answered, size] of [[25, 100], [24, 50]] as const) {
    const limit = limitOf(100);
    let requests = 0;
    const outcomes = accountsOf(answered).map((_, index) => BigInt(100 + index));
    const all = await read(200, limit, ([first]) => first === accounts[100] && requests++ === 0 ? { outcomes } : {}, {
      endsEarly: true,
    });
    assert.equal(limit.size, size, `${answered} of 100 were answered`);
    assertAllRead(all);
  }
});

Deno.test("readChunks() skips an account that is too large by itself", async () => {
  let requests = 0;
  const { sent, wei, reading } = await read(
    2,
    limitOf(1),
    ([address]) => address === accountsOf(2)[1] && requests++ === 0 ? { outcomes: [] } : {},
  );
  assert.equal(sent.length, 2);
  assert.deepEqual([wei, reading.failure, reading.unread], [[0n, "too_large"], undefined, []]);
});

Deno.test("readChunks() returns the first error of an account, also of an answer that ends early", async () => {
  const [first, second] = [new RpcError("missing", ""), new RpcError("rpc_error", "")];
  const whole = await read(20, limitOf(10), ([address]) => address === accountsOf(1)[0] ? {} : { itemFailure: first });
  assert.equal(whole.reading.itemFailure, first);
  let requests = 0;
  const early = await read(
    4,
    limitOf(4),
    () => requests++ === 0 ? { outcomes: [0n], itemFailure: first } : { itemFailure: second },
  );
  assert.equal(early.reading.itemFailure, first);
});

Deno.test("readChunks() hides no fault of the program", async () => {
  const answer = (): never => {
    throw new TypeError("broken");
  };
  await assert.rejects(read(1, limitOf(1), answer), TypeError);
});

Deno.test("failedResult() has the reason for every account, or `missing` where there is none", () => {
  const failure = new RpcError("timeout", "");
  const accounts = toAccounts(accountsOf(2));
  assert.deepEqual(failedResult(accounts, failure), { chunks: chunksOf([["timeout", "timeout"]], accounts), failure });
  assert.deepEqual(valuesOf(failedResult(accounts, undefined), accounts), ["missing", "missing"]);
});

Deno.test("failureOf() is the request that failed, or else the first account", () => {
  const [failure, itemFailure] = [new RpcError("timeout", ""), new RpcError("rpc_error", "")];
  const results = [{ failure, itemFailure }, { failure: undefined, itemFailure }, { failure }, { failure: undefined }];
  assert.deepEqual(results.map((each) => failureOf({ chunks: [], ...each })), [
    failure,
    itemFailure,
    failure,
    undefined,
  ]);
});

Deno.test("valuesIn() and isAnyRead() look at every chunk of a result", () => {
  const [one, two] = toAccounts(accountsOf(2));
  assert.ok(one !== undefined && two !== undefined);
  const read = { head: undefined, values: new AccountValues([one, two], ["timeout", 0n]) };
  const failed = { head: undefined, values: new AccountValues([one], ["missing"]) };
  const none = { head: undefined, values: new AccountValues([], []) };
  assert.deepEqual(valuesIn({ chunks: [] }), []);
  assert.deepEqual(valuesIn({ chunks: [read] }), [[one, "timeout"], [two, 0n]]);
  assert.deepEqual(valuesIn({ chunks: [read, none, failed] }), [[one, "timeout"], [two, 0n], [one, "missing"]]);
  const cases = [[], [none], [failed], [failed, none, read], [read, failed]];
  assert.deepEqual(cases.map((chunks) => isAnyRead({ chunks })), [false, false, false, true, true]);
});

Deno.test("firstErrorIn() returns the first error of some results, that of a request before that of an account", () => {
  const [failure, itemFailure] = [new RpcError("timeout", ""), new RpcError("missing", "")];
  const none = { chunks: [], failure: undefined };
  assert.equal(firstErrorIn([]), undefined);
  assert.equal(firstErrorIn([none]), undefined);
  assert.equal(firstErrorIn([none, { ...none, itemFailure }, { ...none, failure }]), itemFailure);
  assert.equal(firstErrorIn([{ ...none, failure, itemFailure }, { ...none, itemFailure }]), failure);
});

Deno.test("isRefused() is for failures of what was asked, and not of the endpoint or the chain", () => {
  const refused = (Object.keys(REASONS) as Reason[]).filter((reason) => isRefused(new RpcError(reason, "")));
  assert.deepEqual(refused, ["too_large", "not_json", "envelope", "missing", "rpc_error", "bad_value", "integrity"]);
});

/** The reasons that a test holds for. */
function reasonsWith(test: (error: RpcError) => boolean): readonly string[] {
  return REASON_NAMES.filter((reason) => test(new RpcError(reason, ""))).toSorted();
}

Deno.test("mayBeOfCall() is for failures that another call might not have had", () => {
  assert.deepEqual(reasonsWith(mayBeOfCall), [
    "auth",
    "bad_value",
    "envelope",
    "http_client",
    "http_server",
    "integrity",
    "missing",
    "not_json",
    "quota",
    "reset",
    "rpc_error",
    "throttled",
    "timeout",
    "too_large",
  ]);
});

Deno.test("isBusy() is for endpoints that limit requests", () => {
  assert.deepEqual(reasonsWith(isBusy), ["quota", "throttled"]);
});
