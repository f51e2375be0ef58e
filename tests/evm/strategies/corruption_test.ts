import { toAccounts } from "../../fakes/accounts.ts";
import assert from "node:assert/strict";
import { MULTICALL_ADDRESS } from "../../rig/install_multicall.ts";
import { multicallCall } from "../../../src/evm/strategies/multicall_call.ts";
import { overrideBalancesCall } from "../../../src/evm/strategies/override_balances.ts";
import { RpcError } from "../../../src/jsonrpc/errors.ts";
import { answerPackedCall } from "../../fakes/answer_call.ts";
import { accountsOf } from "../../fakes/open_pool.ts";
import { createRandom, type Random } from "../../fakes/random.ts";

/** A tenth of what batches get: each of these answers is many balances. */
const ROUNDS = Math.ceil(Number(Deno.env.get("ROUNDS") ?? 100_000) / 10);

const CHARACTERS = [..."0123456789abcdefABCDEFxX -+_.nN\n\u00a0\ufeffg"];

/** Ways to corrupt a result on its way. */
const CORRUPTIONS: readonly ((text: string, random: Random, other: string) => unknown)[] = [
  (text, random) => splice(text, random.below(text.length), 1, random.pick(CHARACTERS)),
  (text, random) => splice(text, random.below(text.length), random.below(3), random.pick(CHARACTERS)),
  (text, random) => text.slice(0, random.below(text.length)),
  (text, random) => `0x${text.slice(2 + 64 * random.below(4))}`,
  (text, random) => swapWords(text, random),
  (text, random) => splice(text, 2 + 64 * random.below(5), 64, "f".repeat(64)),
  (text, random) => splice(text, 2 + 64 * random.below(5), 64, "0".repeat(64)),
  (text) => `${text}${"0".repeat(64)}`,
  (text) => `0x${"0".repeat(text.length - 2)}`,
  (_, __, other) => other,
  (text, random, other) => text.slice(0, 2 + 64 * random.below(6)) + other.slice(2 + 64 * random.below(6)),
  (_, random) => random.pick(["", "0x", null, 5, [], {}, true]),
];

function splice(text: string, at: number, count: number, added: string): string {
  return text.slice(0, at) + added + text.slice(at + count);
}

function swapWords(text: string, random: Random): string {
  const words = text.slice(2).match(/.{64}/g) ?? [];
  return `0x${random.shuffle(words).join("")}`;
}

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
