import assert from "node:assert/strict";
import { keccak256 } from "viem/utils";
import { CODE_PROGRAM, codeHash, CONTROL, EMPTY_CODE_HASH } from "../../src/assets/code_program.ts";
import { programEnd } from "../../src/assets/program_code.ts";
import { accountsOf } from "../fakes/open_pool.ts";
import { valueOfCode } from "../fakes/programs.ts";

const [A = ""] = accountsOf(1);
const CONTRACT = "60016002";
const DELEGATION = `ef0100${"ca11".repeat(10)}`;

function read(word: bigint, previous: bigint | undefined): bigint | undefined {
  return CODE_PROGRAM.valuesOf([{ word, holder: A, previous }])[0];
}

Deno.test("codeHash() is the hash of code, and EMPTY_CODE_HASH that of none", () => {
  assert.equal(codeHash(CONTRACT), BigInt(keccak256(`0x${CONTRACT}`)));
  assert.equal(codeHash(""), EMPTY_CODE_HASH);
  assert.deepEqual([CONTROL.code.slice(0, 6), CONTROL.code.length, CONTROL.word], [
    "ef0100",
    46,
    codeHash(CONTROL.code),
  ]);
});

Deno.test("CODE_PROGRAM knows an account without code, and one whose code did not change", () => {
  for (const none of [0n, EMPTY_CODE_HASH]) {
    assert.equal(read(none, undefined), 0n);
    assert.equal(read(none, 0n), 0n);
  }
  for (const code of [CONTRACT, DELEGATION]) assert.equal(read(codeHash(code), valueOfCode(code)), valueOfCode(code));
});

Deno.test("CODE_PROGRAM leaves what is new, changed or gone to the method", () => {
  assert.equal(read(codeHash(CONTRACT), undefined), undefined);
  assert.equal(read(codeHash(CONTRACT), 0n), undefined);
  assert.equal(read(codeHash(CONTRACT), valueOfCode(DELEGATION)), undefined);
  for (const none of [0n, EMPTY_CODE_HASH]) assert.equal(read(none, valueOfCode(CONTRACT)), undefined);
  assert.equal(read(codeHash(CONTRACT) ^ 4n, valueOfCode(CONTRACT)), undefined);
});

Deno.test("CODE_PROGRAM has the hash without the bits of the kind in the digest", () => {
  assert.equal(CODE_PROGRAM.digestWord?.(valueOfCode(DELEGATION)), codeHash(DELEGATION) & ~3n);
  assert.equal(CODE_PROGRAM.digestWord?.(0n), 0n);
  assert.equal(CODE_PROGRAM.needsPrevious, false);
  assert.deepEqual([CODE_PROGRAM.proves(0n), CODE_PROGRAM.proves(valueOfCode(CONTRACT))], [false, true]);
});

Deno.test("programEnd() pushes the gas that has to be left, of any size", () => {
  for (const gas of [1, 10_000, 80_000, 250_000, 2 ** 24 - 1]) {
    const [, push = ""] = programEnd(gas);
    assert.deepEqual([push.length, Number(`0x${push.slice(2, 8)}`)], [12, gas], "PUSH3, GAS, GT");
  }
});
