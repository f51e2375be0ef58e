import assert from "node:assert/strict";
import type { Block } from "../../../src/chain/strategy/calls.ts";
import { compareBlocks } from "../../../src/chain/strategy/same_block.ts";

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
