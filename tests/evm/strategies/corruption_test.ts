import { toAccounts } from "../../fakes/accounts.ts";
import assert from "node:assert/strict";
import { MULTICALL_ADDRESS } from "../../rig/install_multicall.ts";
import { multicallCall } from "../../../src/evm/strategies/multicall_call.ts";
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
