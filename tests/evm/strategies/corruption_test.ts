import { toAccounts } from "../../fakes/accounts.ts";
import assert from "node:assert/strict";
import { MULTICALL_ADDRESS } from "../../rig/install_multicall.ts";
import { multicallCall } from "../../../src/evm/strategies/multicall_call.ts";
import { View } from "../../../src/assets/view.ts";
import type { Call } from "../../../src/jsonrpc/call.ts";
import { overrideViewsCall } from "../../../src/evm/strategies/override_views.ts";
import { overrideBalancesCall } from "../../../src/evm/strategies/override_balances.ts";
import { RpcError } from "../../../src/jsonrpc/errors.ts";
import { answerPackedCall } from "../../fakes/answer_call.ts";
import { accountsOf } from "../../fakes/open_pool.ts";
import { CORRUPTIONS } from "../../fakes/corruptions.ts";
import { createRandom } from "../../fakes/random.ts";

/** A tenth of what batches get: each of these answers is many balances. */
const ROUNDS = Math.ceil(Number(Deno.env.get("ROUNDS") ?? 100_000) / 10);

Deno.test(`${ROUNDS} corrupted answers to one call for many balances give no wrong value`, () => {
  const seed = Number(Deno.env.get("SEED") ?? Date.now() % 2 ** 31);
  const random = createRandom(seed);
  let refused = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const accounts = accountsOf(1 + random.below(6));
    const truth = new Map(
      accounts.map((account) => [account, BigInt(random.below(2 ** 31)) << BigInt(random.below(200))]),
    );
    const answerTo = (call: ReturnType<typeof overrideBalancesCall>): string => {
      const item = { id: 1, method: call.method, params: JSON.parse(call.params) };
      const balanceOf = (address: string): bigint => truth.get(address) ?? 0n;
      return answerPackedCall(item, { chainId: 1, block: 7n, time: 8, balanceOf }) ?? "";
    };
    const call = overrideBalancesCall(toAccounts(accounts), "latest");
    const right = answerTo(call);
    const corrupted = random.pick(CORRUPTIONS)(
      right,
      random,
      answerTo(overrideBalancesCall(toAccounts(accounts), "latest")),
    );
    try {
      const { chainId, block, balances } = call.decode(corrupted);
      const decoded = [chainId, block.number, block.time, ...balances];
      assert.deepEqual(decoded, [1, 7n, 8, ...truth.values()], `seed ${seed}, round ${round}: ${corrupted}`);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      refused++;
    }
  }
  assert.ok(refused > 0.8 * ROUNDS, `only ${refused} of ${ROUNDS} were refused`);
});

/** What the program of views answers to a call: whatever bytes and words its contracts return. */
function answerOfViews({ params }: Call<unknown>, entries: readonly (readonly [bigint, bigint])[]): string {
  const [{ data }] = JSON.parse(params);
  const key = BigInt(data.slice(0, 66));
  const words = [1n, 7n, 8n, ...entries.flat()];
  const tag = words.reduce((sum, word) => (sum * key + word) % 2n ** 256n, key);
  return `0x${[...words, tag].map((word) => word.toString(16).padStart(64, "0")).join("")}`;
}

Deno.test(`${ROUNDS} corrupted answers to one call for views of any kind give no wrong value`, () => {
  const seed = Number(Deno.env.get("SEED") ?? Date.now() % 2 ** 31);
  const random = createRandom(seed);
  const kinds = [undefined, { word: 0, words: 1, isOpen: true }, { word: 2, words: 5, isOpen: false }];
  let refused = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const holders = accountsOf(1 + random.below(5));
    const answers = holders.map(() => random.pick(kinds));
    const accounts = holders.map((holder, index) => {
      const argumentParts = ["", "5".padStart(64, "0")];
      return new View(holder, { signature: "", functionSelector: "12345678", argumentParts, answer: answers[index] })
        .account(holder);
    });
    const values = holders.map(() => BigInt(random.below(2 ** 31)) << BigInt(random.below(200)));
    const entries = values.map((value, index) => [BigInt(32 * (answers[index]?.words ?? 1)), value] as const);
    const call = overrideViewsCall(accounts, "latest");
    const other = answerOfViews(overrideViewsCall(accounts, "latest"), entries);
    const corrupted = random.pick(CORRUPTIONS)(answerOfViews(call, entries), random, other);
    try {
      const { chainId, block, balances } = call.decode(corrupted);
      const decoded = [chainId, block.number, block.time, ...balances];
      assert.deepEqual(decoded, [1, 7n, 8, ...values], `seed ${seed}, round ${round}: ${corrupted}`);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      refused++;
    }
  }
  assert.ok(refused > 0.8 * ROUNDS, `only ${refused} of ${ROUNDS} were refused`);
});

Deno.test("corrupted answers of a multicall raise nothing but an RpcError", () => {
  const random = createRandom(Number(Deno.env.get("SEED") ?? Date.now() % 2 ** 31));
  for (let round = 0; round < ROUNDS; round++) {
    const words = Array.from(
      { length: random.below(20) },
      () => random.pick(["20", "1", "4", "80", "a0", "0", "f".repeat(64)]),
    );
    const text = `0x${words.map((word) => word.padStart(64, "0")).join("")}`;
    try {
      multicallCall(MULTICALL_ADDRESS, toAccounts(accountsOf(1)), "latest").decode(
        random.pick(CORRUPTIONS)(text, random, text),
      );
    } catch (error) {
      assert.ok(error instanceof RpcError);
    }
  }
});
