import assert from "node:assert/strict";
import type { Account } from "../../../src/assets/asset.ts";
import { View } from "../../../src/assets/view.ts";
import { overrideViewsCall } from "../../../src/evm/strategies/override_views.ts";
import { RpcError } from "../../../src/jsonrpc/errors.ts";
import { CORRUPTIONS } from "../../fakes/corruptions.ts";
import { createRandom, type Random } from "../../fakes/random.ts";

/** A tenth of what batches get: each of these answers is many values. */
const ROUNDS = Math.ceil(Number(Deno.env.get("ROUNDS") ?? 100_000) / 10);

/** A contract, its function and the word of its answer. */
function viewOf(index: number, random: Random): Account {
  const contract = `0x${(0xc000 + index).toString(16).padStart(40, "0")}`;
  const answer = random.below(2) === 0 ? undefined : { word: random.below(3), words: 3, isOpen: random.below(2) === 0 };
  const argumentParts = random.below(2) === 0 ? ["", ""] : ["00".repeat(32)];
  return new View(contract, { signature: "f", functionSelector: "12345678", argumentParts, answer })
    .account(contract);
}

/** What a node returns that runs the call: for each view how many bytes its contract returned, and the word. */
function answerTo(
  { params }: { readonly params: string },
  accounts: readonly Account[],
  truth: readonly bigint[],
): string {
  const [{ data }] = JSON.parse(params);
  const key = BigInt(data.slice(0, 66));
  const entries = accounts.flatMap(({ asset, holder }, index) => {
    const request = asset.request(holder);
    const bytes = request.type === "view" && request.answer !== undefined ? 96n : 32n;
    return [bytes, truth[index] ?? 0n];
  });
  const words = [1n, 7n, 8n, ...entries];
  const tag = words.reduce((sum, word) => (sum * key + word) % 2n ** 256n, key);
  return `0x${[...words, tag].map((word) => word.toString(16).padStart(64, "0")).join("")}`;
}

Deno.test(`${ROUNDS} corrupted answers with views give no wrong value`, () => {
  const seed = Number(Deno.env.get("SEED") ?? Date.now() % 2 ** 31);
  const random = createRandom(seed);
  let refused = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const accounts = Array.from({ length: 1 + random.below(4) }, (_, index) => viewOf(index, random));
    const truth = accounts.map(() => BigInt(random.below(2 ** 31)) << BigInt(random.below(200)));
    const call = overrideViewsCall(accounts, "latest");
    const other = answerTo(overrideViewsCall(accounts, "latest"), accounts, truth);
    const corrupted = random.pick(CORRUPTIONS)(answerTo(call, accounts, truth), random, other);
    try {
      const { chainId, block, balances } = call.decode(corrupted);
      const decoded = [chainId, block.number, block.time, ...balances];
      const known = [1, 7n, 8, ...truth.slice(0, balances.length)];
      assert.deepEqual(decoded, known, `seed ${seed}, round ${round}: ${corrupted}`);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      refused++;
    }
  }
  assert.ok(refused > 0.8 * ROUNDS, `only ${refused} of ${ROUNDS} were refused`);
});
