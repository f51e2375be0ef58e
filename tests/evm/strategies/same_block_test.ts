import assert from "node:assert/strict";
import type { Block } from "../../../src/model/block.ts";
import { checkBlock, compareBlocks } from "../../../src/evm/strategies/same_block.ts";
import { accountsOf, openPool } from "../../fakes/open_pool.ts";

const HASHES = ["a", "b"].map((digit) => `0x${digit.repeat(64)}`);
const [A, B] = HASHES as [string, string];
const BLOCK: Block = { number: 400_000_000n, time: 1_700_000_000, hash: A };
const EVM = { number: 400_000_000n, time: 1_700_000_000, byEvm: true } as const;

/** What an answer may be for, and how that differs. */
const ANSWERS: readonly (readonly [string, Block, string | undefined])[] = [
  ["the same block", BLOCK, undefined],
  ["the same block, without a hash", { number: BLOCK.number, time: BLOCK.time }, undefined],
  ["the same block, by the EVM", EVM, undefined],
  ["another number", { ...BLOCK, number: BLOCK.number + 1n }, "state_unavailable"],
  ["another number within the same second, by the EVM", { ...EVM, number: EVM.number + 2n }, "state_unavailable"],
  ["the number before within the same second, by the EVM", { ...EVM, number: EVM.number - 1n }, "state_unavailable"],
  ["a number as far off as one chain's may be, by the EVM", { ...EVM, number: 399_900_000n }, "state_unavailable"],
  ["a number further off, by the EVM", { ...EVM, number: 399_899_999n }, undefined],
  ["a number far off, by the chain", { ...BLOCK, number: 7n }, "state_unavailable"],
  ["the parent chain's number by the EVM", { ...EVM, number: 23_000_000n }, undefined],
  ["the parent chain's number and another time", { ...EVM, number: 23_000_000n, time: 1 }, "state_unavailable"],
  ["another time", { ...BLOCK, time: BLOCK.time + 1 }, "integrity"],
  ["another time, by the EVM", { ...EVM, time: EVM.time - 1 }, "integrity"],
  ["another hash", { ...BLOCK, hash: B }, "integrity"],
];

for (const [what, answer, reason] of ANSWERS) {
  Deno.test(`a block that was asked for, and ${what}: ${reason ?? "the same"}`, () => {
    assert.equal(compareBlocks(BLOCK, answer)?.reason, reason);
  });
}

Deno.test("compareBlocks() compares no hashes where one of them is not known", () => {
  const { hash: _, ...without } = BLOCK;
  assert.equal(compareBlocks(without, BLOCK), undefined);
  assert.equal(compareBlocks(BLOCK, without), undefined);
});

Deno.test("checkBlock() rejects and counts an answer for another block than the requested one", () => {
  using pool = openPool(["http://127.0.0.1:9998/"], { accounts: accountsOf(1) });
  const { poolEndpoint: { endpoint }, faults } = pool;
  for (const asked of ["latest", BLOCK] as const) checkBlock(endpoint, asked, BLOCK);
  checkBlock(endpoint, "finalized", { ...BLOCK, number: 7n });
  assert.deepEqual(faults, []);
  // The node may ignore the block: another way of asking may help; against another chain nothing does.
  const number = { ...BLOCK, number: 7n };
  assert.throws(() => checkBlock(endpoint, BLOCK, number), { reason: "state_unavailable", refusal: "unsupported" });
  const hash = { ...BLOCK, hash: B };
  assert.throws(() => checkBlock(endpoint, BLOCK, hash), { reason: "integrity", refusal: undefined });
  assert.deepEqual(faults, ["state_unavailable", "integrity"]);
});
