import assert from "node:assert/strict";
import { CODE_PROGRAM, CONTROL } from "../../../src/assets/code_program.ts";
import { NONCE_PROGRAM } from "../../../src/assets/nonce_program.ts";
import { gasFor, mostHolders, programCall } from "../../../src/evm/strategies/program_call.ts";
import { overrideDigestCall } from "../../../src/evm/strategies/override_digest.ts";
import { toAccounts } from "../../fakes/accounts.ts";
import { accountsOf } from "../../fakes/open_pool.ts";
import { answerOnChain, createProgramChain } from "../../fakes/program_node.ts";
import { valueOfCode } from "../../fakes/programs.ts";

const HOLDERS = accountsOf(3);
const ACCOUNTS = toAccounts(HOLDERS);
const CONTRACT = "60016002";

function addressOf(name: string): string {
  return `0x${new TextEncoder().encode(name).toHex()}`;
}

Deno.test("programCall() places the program, and its other code at every holder", () => {
  const [call, block, overrides] = JSON.parse(programCall(NONCE_PROGRAM, ACCOUNTS, { number: 7n, time: 0 }).params);
  assert.equal(block, "0x7");
  assert.equal(call.to, addressOf("wallet-balance-nonce"));
  assert.equal(Number(call.gas), 150_000 + 3 * 36_000);
  assert.equal(call.data.slice(66), HOLDERS.map((holder) => holder.slice(2)).join(""));
  assert.deepEqual(Object.keys(overrides), [call.to, ...HOLDERS]);
  for (const holder of HOLDERS) assert.equal(overrides[holder].code, `0x${NONCE_PROGRAM.holderCode}`);
});

Deno.test("programCall() reads a control first, and leaves the holders as they are", () => {
  const [call, , overrides] = JSON.parse(programCall(CODE_PROGRAM, ACCOUNTS, "latest").params);
  const control = addressOf("wallet-balance-check");
  assert.deepEqual(Object.keys(overrides), [call.to, control]);
  assert.equal(overrides[control].code, `0x${CONTROL.code}`);
  assert.equal(call.data.slice(66), [control, ...HOLDERS].map((holder) => holder.slice(2)).join(""));
});

Deno.test("programCall() refuses an answer whose control is wrong", () => {
  const chain = createProgramChain();
  const call = programCall(CODE_PROGRAM, ACCOUNTS, "latest");
  const item = { id: 1, method: call.method, params: JSON.parse(call.params) };
  assert.deepEqual(call.decode(answerOnChain(item, chain)).words, [0n, 0n, 0n]);
  chain.hashSeen = (hash) => hash ^ 4n;
  assert.throws(() => call.decode(answerOnChain(item, chain)), { reason: "integrity", refusal: "unsupported" });
});

Deno.test("programCall() returns one word per holder, of the first ones where the gas is not enough for all", () => {
  const chain = createProgramChain();
  const call = programCall(NONCE_PROGRAM, ACCOUNTS, "latest");
  const item = { id: 1, method: call.method, params: JSON.parse(call.params) };
  assert.equal(call.decode(answerOnChain(item, chain)).words.length, 3);
  chain.gasCap = 100_000 + 2 * 35_300;
  assert.equal(call.decode(answerOnChain(item, chain)).words.length, 2);
});

Deno.test("mostHolders() fit the gas, and the answer that every node returns", () => {
  assert.deepEqual([16_777_216, 50_000_000].map((gas) => mostHolders(NONCE_PROGRAM, gas)), [461, 1384]);
  assert.equal(mostHolders(CODE_PROGRAM, 50_000_000), 2990);
  assert.ok(32 * (2990 + 1 + 4) <= 100_000, "erigon and bor return no more");
  assert.equal(gasFor(NONCE_PROGRAM, 461), 150_000 + 461 * 36_000);
  const gasOf = (holders: number, maxGas?: number): number => {
    const { params } = programCall(NONCE_PROGRAM, toAccounts(accountsOf(holders)), "latest", maxGas);
    return Number(JSON.parse(params)[0].gas);
  };
  assert.deepEqual([gasOf(1384), gasOf(1385), gasOf(1000, 16_777_216)], [49_974_000, 50_000_000, 16_777_216]);
});

Deno.test("overrideDigestCall() is of the codes of the watched accounts alone, which are the first", () => {
  const chain = createProgramChain();
  const [first = "", second = "", third = ""] = HOLDERS;
  chain.codes.set(first, CONTRACT);
  chain.balances.set(second, 5n);
  chain.codes.set(third, CONTRACT);
  const hash = valueOfCode(CONTRACT) & ~3n;
  const answer = (watched: number): ReturnType<ReturnType<typeof overrideDigestCall>["decode"]> => {
    const call = overrideDigestCall(ACCOUNTS, watched, "latest");
    const [{ gas, data }] = JSON.parse(call.params);
    assert.equal(Number(gas), 200_000 + 5 * 5500);
    const [, key = "", end] = /^0x(.{64})(.{64})/.exec(data) ?? [];
    assert.equal(Number(`0x${end}`), key.length / 2 + 32 + 20 * (1 + watched), "the addresses end there");
    return call.decode(answerOnChain({ id: 1, method: call.method, params: JSON.parse(call.params) }, chain));
  };
  assert.deepEqual(answer(2).balances, [0n, 5n, 0n]);
  assert.deepEqual([answer(2).areCodes([hash, 0n]), answer(2).areCodes([0n, hash])], [true, false]);
  assert.deepEqual([answer(3).areCodes([hash, 0n, hash]), answer(3).areCodes([hash, 0n, 0n])], [true, false]);
  assert.deepEqual([answer(0).areCodes([]), answer(1).areCodes([hash])], [true, true]);
  chain.hashSeen = (hash) => hash ^ 4n;
  assert.equal(answer(0).areCodes([]), false, "the node does not run the program right");
});

Deno.test("overrideDigestCall() refuses an answer that ends early", () => {
  const chain = createProgramChain();
  const call = overrideDigestCall(ACCOUNTS, 1, "latest");
  const item = { id: 1, method: call.method, params: JSON.parse(call.params) };
  const key = BigInt(item.params[0].data.slice(0, 66));
  chain.change = (words) => {
    const some = words.slice(0, -2);
    return [...some, some.reduce((tag, word) => (tag * key + word) % 2n ** 256n, key)];
  };
  assert.throws(() => call.decode(answerOnChain(item, chain)), { reason: "bad_value" });
});
