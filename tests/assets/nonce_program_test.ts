import assert from "node:assert/strict";
import fc from "fast-check";
import { getContractAddress, keccak256, toRlp } from "viem/utils";
import { NONCE_PROGRAM } from "../../src/assets/nonce_program.ts";
import { accountsOf } from "../fakes/open_pool.ts";

const [A = "", B = ""] = accountsOf(2);

function wordOf(holder: string, nonce: bigint): bigint {
  return BigInt(getContractAddress({ from: holder as `0x${string}`, nonce }));
}

function find(word: bigint, previous: bigint | undefined, holder = A): bigint | undefined {
  return NONCE_PROGRAM.valuesOf([{ word, holder, previous }])[0];
}

Deno.test("NONCE_PROGRAM finds a nonce from any lower one, however RLP writes it", () => {
  for (
    const nonce of [0n, 1n, 127n, 128n, 255n, 256n, 65_535n, 65_536n, 2n ** 32n, 2n ** 53n, 2n ** 56n, 2n ** 64n - 2n]
  ) {
    for (const by of [0n, 1n, 31n, 4095n]) {
      if (by <= nonce) assert.equal(find(wordOf(A, nonce), nonce - by), nonce);
    }
  }
  const holder = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => `0x${bytes.toHex()}`);
  fc.assert(
    fc.property(
      holder,
      fc.bigInt({ min: 0n, max: 2n ** 64n - 50n }),
      fc.integer({ min: 0, max: 20 }),
      (holder, from, by) => {
        assert.equal(find(wordOf(holder, from + BigInt(by)), from, holder), from + BigInt(by));
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("NONCE_PROGRAM finds no nonce that is lower, too far, of another account, or without a known one", () => {
  assert.equal(find(wordOf(A, 9n), 10n), undefined);
  assert.equal(find(wordOf(A, 4096n), 0n), undefined);
  assert.equal(find(wordOf(B, 5n), 5n), undefined);
  assert.equal(find(wordOf(A, 5n), undefined), undefined);
  assert.equal(find(0n, 0n), undefined);
});

Deno.test("NONCE_PROGRAM takes no word with anything before the address, and no part of one", () => {
  // One whose digits around the first of the address are not 0.
  const hashOf = (nonce: bigint): bigint =>
    BigInt(keccak256(toRlp([A as `0x${string}`, `0x${nonce.toString(16).padStart(2, "0")}`])));
  const nonce =
    Array.from({ length: 100 }, (_, at) => BigInt(at + 1)).find((each) =>
      (hashOf(each) >> 160n) % 16n > 0n && (hashOf(each) >> 156n) % 16n > 0n
    ) ?? 0n;
  const hash = hashOf(nonce);
  assert.equal(hash % 2n ** 160n, wordOf(A, nonce));
  for (const bits of [256n, 164n, 156n, 88n]) assert.equal(find(hash % 2n ** bits, nonce), undefined, `${bits} bits`);
});

Deno.test("NONCE_PROGRAM finds no nonce that no account can have", () => {
  const end = 2n ** 64n - 1n;
  assert.equal(find(wordOf(A, end - 1n), end - 1n), end - 1n);
  for (const nonce of [end, end + 1n]) {
    for (const previous of [end - 1n, nonce]) assert.equal(find(wordOf(A, nonce), previous), undefined);
  }
});

Deno.test("NONCE_PROGRAM looks far for a few wallets of an answer, and a little for all", () => {
  const far = Array.from({ length: 20 }, () => ({ word: wordOf(A, 3000n), holder: A, previous: 0n }));
  const found = NONCE_PROGRAM.valuesOf([...far, { word: wordOf(B, 40n), holder: B, previous: 9n }]);
  assert.equal(found.filter((nonce) => nonce === 3000n).length, 6);
  assert.equal(found.at(-1), 40n);
});

Deno.test("NONCE_PROGRAM counts the hashes beyond the usual ones", () => {
  const from = 100n;
  const at = (steps: bigint) => ({ word: wordOf(A, from + steps), holder: A, previous: from });
  // Four of 4,000 leave 4,000 of 20,000, also after many that take one.
  const spent = [...Array.from({ length: 17_000 }, () => at(0n)), ...Array.from({ length: 4 }, () => at(4031n))];
  assert.equal(NONCE_PROGRAM.valuesOf([...spent, at(3999n)]).at(-1), from + 3999n);
  assert.equal(NONCE_PROGRAM.valuesOf([...spent, at(4000n)]).at(-1), undefined);
});

Deno.test("NONCE_PROGRAM is proved by a nonce that is not 0", () => {
  const { needsPrevious } = NONCE_PROGRAM;
  assert.deepEqual([NONCE_PROGRAM.proves(0n), NONCE_PROGRAM.proves(1n), needsPrevious], [false, true, true]);
});
