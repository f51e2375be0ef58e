import type { Asset } from "../../../src/assets/asset.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeFunctionData, encodeFunctionData, encodeFunctionResult, parseAbi } from "viem/utils";
import { MAX_MULTICALL, MULTICALL3_CODE_HASH, multicallCall } from "../../../src/evm/strategies/multicall_call.ts";
import { decimalsKey, toAccounts, tokenKey } from "../../fakes/accounts.ts";
import { RpcError } from "../../../src/jsonrpc/errors.ts";
import { accountsOf } from "../../fakes/open_pool.ts";

const ABI = parseAbi([
  "struct Call3 { address target; bool allowFailure; bytes callData; }",
  "struct Result { bool success; bytes returnData; }",
  "function aggregate3(Call3[] calls) payable returns (Result[] returnData)",
  "function getEthBalance(address addr) view returns (uint256 balance)",
  "function getChainId() view returns (uint256)",
  "function getBlockNumber() view returns (uint256)",
  "function getCurrentBlockTimestamp() view returns (uint256)",
]);
const CONTRACT = "0xcA11bde05977b3631167028862bE2a173976CA11";
const WORD = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });

interface Result {
  readonly success: boolean;
  readonly returnData: `0x${string}`;
}

function word(value: bigint): Result {
  return { success: true, returnData: `0x${value.toString(16).padStart(64, "0")}` };
}

function answerOf(results: readonly Result[]): string {
  return encodeFunctionResult({ abi: ABI, functionName: "aggregate3", result: results });
}

const HEAD = [word(1n), word(7n), word(1_700_000_000n)];

Deno.test("multicallCall() is encoded as viem encodes it", () => {
  for (const count of [1, 2, 17, MAX_MULTICALL]) {
    const accounts = accountsOf(count).map((account) => `0xfe${account.slice(4)}` as const);
    const [call, block, ...more] = JSON.parse(multicallCall(CONTRACT, toAccounts(accounts), "latest").params);
    assert.deepEqual([call.to, block, more], [CONTRACT, "latest", []]);
    const head = (["getChainId", "getBlockNumber", "getCurrentBlockTimestamp"] as const).map((functionName) =>
      encodeFunctionData({ abi: ABI, functionName })
    );
    const balances = accounts.map((account) =>
      encodeFunctionData({ abi: ABI, functionName: "getEthBalance", args: [account] })
    );
    const calls = [...head, ...balances].map((
      callData,
    ) => ({ target: CONTRACT, allowFailure: true, callData } as const));
    assert.equal(call.data, encodeFunctionData({ abi: ABI, functionName: "aggregate3", args: [calls] }));
    assert.equal(decodeFunctionData({ abi: ABI, data: call.data }).functionName, "aggregate3");
    assert.ok(Number(call.gas) <= 16_777_216 && Number(call.gas) > 7391 * count);
  }
});

Deno.test("multicallCall() reads every balance that the contract can answer", () => {
  fc.assert(fc.property(fc.array(WORD, { minLength: 1, maxLength: 20 }), (balances) => {
    const call = multicallCall(CONTRACT, toAccounts(accountsOf(balances.length)), "latest");
    assert.deepEqual(call.decode(answerOf([...HEAD, ...balances.map(word)])), {
      chainId: 1,
      block: { number: 7n, time: 1_700_000_000, byEvm: true },
      balances,
    });
  }));
});

Deno.test("D10: a call of the multicall that failed costs its wallet alone", () => {
  const call = multicallCall(CONTRACT, toAccounts(accountsOf(4)), "latest");
  const failures: readonly Result[] = [
    { success: false, returnData: "0x" },
    { success: false, returnData: word(5n).returnData },
    { success: true, returnData: "0x" },
  ];
  for (const failure of failures) {
    const result = call.decode(answerOf([...HEAD, word(1n), failure, word(0n), word(3n)]));
    const [one, failed, none, three] = result.balances;
    assert.deepEqual([one, none, three], [1n, 0n, 3n]);
    assert.ok(failed instanceof RpcError && failed.reason === "rpc_error");
    assert.deepEqual(call.errorsIn?.(result), [failed], "it is counted");
  }
  const long: Result = { success: false, returnData: `0x${"ab".repeat(100)}` };
  assert.equal(call.decode(answerOf([...HEAD, word(1n), long, word(2n), word(3n)])).balances[3], 3n);
});

Deno.test("multicallCall() reports that a token reverted, and that the call for a native balance failed", () => {
  const [coin = "", token = ""] = accountsOf(2);
  const call = multicallCall(CONTRACT, toAccounts([coin, tokenKey(token, coin), coin]), "latest");
  const failure: Result = { success: false, returnData: "0x" };
  const { balances } = call.decode(answerOf([...HEAD, failure, failure, failure]));
  const reasons = balances.map((balance) => balance instanceof RpcError && balance.reason);
  assert.deepEqual(reasons, ["rpc_error", "reverted", "rpc_error"]);
});

Deno.test("multicallCall() carries no other method than those of the contract", () => {
  const count: Asset = {
    kind: "count",
    requestType: "method",
    request: (holder) => ({ type: "method", method: "eth_getTransactionCount", params: [holder] }),
  };
  const [holder = ""] = accountsOf(1);
  assert.throws(
    () => multicallCall(CONTRACT, [{ asset: count, holder, key: `count/${holder}` }], "latest"),
    /Multicall3 carries no methods/,
  );
});

Deno.test("multicallCall() rejects an answer without its chain and block", () => {
  const call = multicallCall(CONTRACT, toAccounts(accountsOf(1)), "latest");
  for (let place = 0; place < 3; place++) {
    const results = [...HEAD.with(place, { success: false, returnData: "0x" }), word(1n)];
    assert.throws(() => call.decode(answerOf(results)), { reason: "bad_value" });
  }
});

Deno.test("multicallCall() refuses an answer that is cut, padded, shifted, or one of another length", () => {
  const call = multicallCall(CONTRACT, toAccounts(accountsOf(3)), "latest");
  const right = answerOf([...HEAD, word(1n), word(2n), word(3n)]);
  const wrong: readonly unknown[] = [
    "0x",
    "",
    null,
    5,
    right.slice(0, -64),
    right.slice(0, -1),
    right + "0".repeat(64),
    `0x${"0".repeat(64)}${right.slice(2)}`,
    `0x${right.slice(66)}`,
    answerOf([...HEAD, word(1n), word(2n)]),
    answerOf([...HEAD, word(1n), word(2n), word(3n), word(4n)]),
  ];
  for (const each of wrong) assert.throws(() => call.decode(each), { reason: "bad_value" });
  const words: readonly string[] = right.slice(2).match(/.{64}/g) ?? [];
  for (let count = 0; count < words.length; count++) {
    const cut = `0x${words.slice(0, count).join("")}`;
    assert.throws(() => call.decode(cut), { reason: "bad_value" }, `${count} words`);
  }
  // Any word of the frame that is changed makes it no frame.
  const values = new Set([0, 1, 2, 3, 4, 5].map((index) => 2 + 6 + 4 * index + 3));
  for (const [index, each] of words.entries()) {
    if (values.has(index)) continue;
    const other = (BigInt(`0x${each}`) + 2n).toString(16).padStart(64, "0");
    assert.throws(() => call.decode(`0x${words.with(index, other).join("")}`), RpcError, `word ${index}`);
  }
});

Deno.test("multicallCall() requests no more than proxies pass on, and limits the size of the answer", () => {
  assert.equal(MAX_MULTICALL, 550);
  // The same on every chain: 3,808 bytes, according to the Preinstalls of the OP stack among others.
  assert.equal(MULTICALL3_CODE_HASH, "0xd5c15df687b16f2ff992fc8d767b4216323184a2bbc6ee2f9c398c318e770891");
  const most = multicallCall(CONTRACT, toAccounts(accountsOf(MAX_MULTICALL)), "latest");
  assert.ok(most.params.length < 256 * 1024);
  const gas = [1, 550, 2000].map((count) =>
    Number(JSON.parse(multicallCall(CONTRACT, toAccounts(accountsOf(count)), "latest").params)[0].gas)
  );
  assert.deepEqual(gas, [514_000, 8_200_000, 16_777_216]);
  const call = multicallCall(CONTRACT, toAccounts(accountsOf(2)), "latest");
  assert.deepEqual([call.method, call.answerBytes], ["eth_call", 1024 + 64 * (2 + 8 * 5)]);
});

Deno.test("multicallCall() refuses a place, a length or a success that no encoder writes", () => {
  const call = multicallCall(CONTRACT, toAccounts(accountsOf(1)), "latest");
  const right: readonly string[] = answerOf([...HEAD, word(1n)]).slice(2).match(/.{64}/g) ?? [];
  const first = 2 + 4;
  for (const [at, value] of [[first, 2n], [first + 1, 65n], [first + 2, 2n ** 255n], [first + 2, 64n]] as const) {
    const changed = right.with(at, value.toString(16).padStart(64, "0"));
    assert.throws(() => call.decode(`0x${changed.join("")}`), { reason: "bad_value" });
  }
});

Deno.test("multicallCall() calls the contracts of tokens as viem would, beside the native balances", () => {
  const [coin = "", holder = ""] = accountsOf(2);
  const token = `0x${"ab".repeat(20)}` as const;
  const accounts = [coin, tokenKey(token, holder), decimalsKey(token)];
  const [call] = JSON.parse(multicallCall(CONTRACT, toAccounts(accounts), "latest").params);
  const { args } = decodeFunctionData({ abi: ABI, data: call.data });
  const calls = args?.[0] as readonly { target: string; callData: string }[];
  const erc20 = parseAbi([
    "function balanceOf(address) view returns (uint256)",
    "function decimals() view returns (uint8)",
  ]);
  assert.equal(calls[4]?.target.toLowerCase(), token);
  const balanceOf = encodeFunctionData({ abi: erc20, functionName: "balanceOf", args: [holder as `0x${string}`] });
  assert.equal(calls[4]?.callData, balanceOf);
  assert.ok(calls[5]?.callData.startsWith(encodeFunctionData({ abi: erc20, functionName: "decimals" })));
  assert.equal(Number(call.gas), 500_000 + 14_000 + 2 * 80_000);
});

Deno.test("multicallCall() reads the declared word of a view, and expects as much as it may return", () => {
  const asset: Asset = {
    kind: "view",
    requestType: "view",
    request: (holder) => ({
      type: "view",
      contract: CONTRACT,
      functionSelector: "00000000",
      argument: holder.slice(2),
      answer: answers[Number(BigInt(holder)) % 10] ?? assert.fail(),
    }),
  };
  const answers = [
    { word: 0, words: 1, isOpen: false },
    { word: 1, words: 3, isOpen: false },
    { word: 1, words: 2, isOpen: true },
  ];
  const accounts = answers.map((_, index) => {
    const holder = `0x${index.toString(16).padStart(40, "0")}`;
    return { asset, holder, key: holder };
  });
  const call = multicallCall(CONTRACT, accounts, "latest");
  const words = (...values: readonly bigint[]): Result => ({
    success: true,
    returnData: `0x${values.map((value) => value.toString(16).padStart(64, "0")).join("")}`,
  });
  const right = [words(5n), words(6n, 7n, 8n), words(9n, 10n, 11n, 12n)];
  assert.deepEqual(call.decode(answerOf([...HEAD, ...right])).balances, [5n, 7n, 10n]);
  const wrong = [words(5n, 6n), words(6n, 7n), words(9n)];
  const reasons = call.decode(answerOf([...HEAD, ...wrong])).balances.map((value) =>
    value instanceof RpcError ? value.reason : value
  );
  assert.deepEqual(reasons, ["reverted", "reverted", "reverted"]);
  const least = multicallCall(CONTRACT, accounts.slice(0, 1), "latest").answerBytes;
  const each = (index: number): number =>
    multicallCall(CONTRACT, [accounts[index] ?? assert.fail()], "latest").answerBytes - least;
  assert.deepEqual([each(1), each(2)], [128, 32 * 1024]);
});
