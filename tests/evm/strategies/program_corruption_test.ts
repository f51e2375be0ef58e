import assert from "node:assert/strict";
import type { ValueProgram } from "../../../src/assets/asset.ts";
import { CODE_PROGRAM } from "../../../src/assets/code_program.ts";
import { NONCE_PROGRAM } from "../../../src/assets/nonce_program.ts";
import type { Call } from "../../../src/jsonrpc/call.ts";
import { RpcError } from "../../../src/jsonrpc/errors.ts";
import { overrideDigestCall } from "../../../src/evm/strategies/override_digest.ts";
import { programCall } from "../../../src/evm/strategies/program_call.ts";
import { toAccounts } from "../../fakes/accounts.ts";
import { CORRUPTIONS } from "../../fakes/corruptions.ts";
import { accountsOf } from "../../fakes/open_pool.ts";
import { answerOnChain, createProgramChain, type ProgramChain } from "../../fakes/program_node.ts";
import { valueOfCode } from "../../fakes/programs.ts";
import { createRandom, type Random } from "../../fakes/random.ts";

/** A tenth of what batches get: each of these answers is several values. */
const ROUNDS = Math.ceil(Number(Deno.env.get("ROUNDS") ?? 30_000) / 10);

/** A word that is no nonce's takes thousands of hashes. */
const FEWER_ROUNDS = Math.ceil(ROUNDS / 100);

const SEED = Number(Deno.env.get("SEED") ?? Date.now() % 2 ** 31);

const HOLDERS = accountsOf(6);
const CODES = ["", "6001", `ef0100${"ca11".repeat(10)}`, `ef0100${"ca12".repeat(10)}`];
const NONCES = [0n, 1n, 127n, 128n, 300n, 2n ** 32n];

/** A chain with random nonces and codes. */
function randomChain(random: Random): ProgramChain {
  const chain = createProgramChain();
  for (const holder of HOLDERS) {
    chain.nonces.set(holder, random.pick(NONCES) + BigInt(random.below(3)));
    const code = random.pick(CODES);
    if (code !== "") chain.codes.set(holder, code);
    chain.balances.set(holder, BigInt(random.below(2 ** 31)));
  }
  return chain;
}

/** The answer of a node that is right. */
function answerTo({ method, params }: Call<unknown> | Pick<Call<unknown>, "method" | "params">, chain: ProgramChain) {
  return String(answerOnChain({ id: 1, method, params: JSON.parse(params) }, chain));
}

/** Decodes a corrupted answer; undefined if it is refused. */
function decodeCorrupted<T>(
  random: Random,
  call: { readonly method: string; readonly params: string; readonly decode: (result: unknown) => T },
  other: { readonly method: string; readonly params: string },
  chain: ProgramChain,
): T | undefined {
  const corrupted = random.pick(CORRUPTIONS)(answerTo(call, chain), random, answerTo(other, chain));
  try {
    return call.decode(corrupted);
  } catch (error) {
    if (error instanceof RpcError) return undefined;
    throw error;
  }
}

/** What is known before: the truth, or another value. */
function previousOf(program: ValueProgram, chain: ProgramChain, holder: string, random: Random): bigint {
  if (program === CODE_PROGRAM) {
    return valueOfCode(random.below(3) === 0 ? random.pick(CODES) : chain.codes.get(holder) ?? "");
  }
  const nonce = chain.nonces.get(holder) ?? 0n;
  const before = nonce - BigInt(random.below(4));
  return before < 0n ? 0n : before;
}

function truthOf(program: ValueProgram, chain: ProgramChain, holder: string): bigint {
  return program === CODE_PROGRAM ? valueOfCode(chain.codes.get(holder) ?? "") : chain.nonces.get(holder) ?? 0n;
}

for (const [name, program] of [["nonces", NONCE_PROGRAM], ["hashes of code", CODE_PROGRAM]] as const) {
  Deno.test(`${ROUNDS} corrupted answers to one call for many ${name} give no wrong value`, () => {
    const random = createRandom(SEED);
    let refused = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const chain = randomChain(random);
      const holders = HOLDERS.slice(0, 1 + random.below(HOLDERS.length));
      const accounts = toAccounts(holders);
      const [call, other] = [programCall(program, accounts, "latest"), programCall(program, accounts, "latest")];
      const answer = decodeCorrupted(random, call, other, chain);
      if (answer === undefined) {
        refused++;
        continue;
      }
      const { chainId, block, words } = answer;
      assert.deepEqual([chainId, block.number, block.time], [chain.chainId, chain.block, chain.time]);
      const values = program.valuesOf(words.map((word, index) => {
        const holder = holders[index] ?? "";
        return { word, holder, previous: previousOf(program, chain, holder, random) };
      }));
      for (const [index, value] of values.entries()) {
        if (value === undefined) continue;
        const truth = truthOf(program, chain, holders[index] ?? "");
        assert.equal(value, truth, `seed ${SEED}, round ${round}`);
      }
    }
    assert.ok(refused > 0.8 * ROUNDS, `only ${refused} of ${ROUNDS} were refused`);
  });
}

Deno.test(`${ROUNDS} corrupted answers with a digest give no wrong balance, and no code for another`, () => {
  const random = createRandom(SEED);
  let refused = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const chain = randomChain(random);
    const watched = random.below(1 + HOLDERS.length);
    const accounts = toAccounts(HOLDERS);
    const [call, other] = [
      overrideDigestCall(accounts, watched, "latest"),
      overrideDigestCall(accounts, watched, "latest"),
    ];
    const answer = decodeCorrupted(random, call, other, chain);
    if (answer === undefined) {
      refused++;
      continue;
    }
    const { chainId, block, balances, areCodes } = answer;
    assert.deepEqual([chainId, block.number, block.time], [chain.chainId, chain.block, chain.time]);
    assert.deepEqual(balances, HOLDERS.map((holder) => chain.balances.get(holder)), `seed ${SEED}, round ${round}`);
    const truth = HOLDERS.slice(0, watched).map((holder) => valueOfCode(chain.codes.get(holder) ?? "") & ~3n);
    assert.ok(areCodes(truth));
    if (watched > 0) {
      const at = random.below(watched);
      const known = truth.with(at, valueOfCode(random.pick(CODES)) & ~3n);
      assert.equal(areCodes(known), known[at] === truth[at], `seed ${SEED}, round ${round}`);
    }
  }
  assert.ok(refused > 0.8 * ROUNDS, `only ${refused} of ${ROUNDS} were refused`);
});

Deno.test(`${FEWER_ROUNDS} words of a node that is wrong, with the right tag, are no nonces`, () => {
  const random = createRandom(SEED);
  for (let round = 0; round < FEWER_ROUNDS; round++) {
    const chain = randomChain(random);
    const [holder = ""] = HOLDERS;
    const bit = 1n << BigInt(random.below(256));
    const call = programCall(NONCE_PROGRAM, toAccounts([holder]), "latest");
    const { words: [word = 0n] } = call.decode(answerTo(call, chain));
    const previous = previousOf(NONCE_PROGRAM, chain, holder, random);
    const [right] = NONCE_PROGRAM.valuesOf([{ word, holder, previous }]);
    const [wrong] = NONCE_PROGRAM.valuesOf([{ word: word ^ bit, holder, previous }]);
    assert.deepEqual([right, wrong], [chain.nonces.get(holder), undefined], `seed ${SEED}, round ${round}`);
  }
});
