import assert from "node:assert/strict";
import sha3 from "js-sha3";
import { CODE, CODE_KINDS, codeAccount, codeKindOf, codeValue, delegationTo } from "../../src/assets/code.ts";
import { CODE_PROGRAM } from "../../src/assets/code_program.ts";
import { addressOf } from "../fakes/watched.ts";

const request = CODE.request(addressOf(1));
assert.ok(request.type === "method" && request.decode !== undefined);
const { decode } = request;

const hashOf = (code: string): bigint => BigInt(`0x${sha3.keccak256(Uint8Array.fromHex(code.slice(2)))}`);
const withoutKind = (value: bigint): bigint => value - value % 4n;

Deno.test("the code of an address is requested by its method, or by a program", () => {
  const { decode: _, ...rest } = request;
  assert.deepEqual(rest, { type: "method", method: "eth_getCode", params: [addressOf(1)], program: CODE_PROGRAM });
  assert.deepEqual([CODE.kind, CODE.requestType], ["code", "method"]);
  assert.equal(CODE.judge?.(6n, 5n), 6n, "a code may become any other");
  const pace = { pace: 5000, sharesPace: true };
  const account = codeAccount(addressOf(1), pace);
  assert.deepEqual(account, { asset: CODE, holder: addressOf(1), key: `code ${addressOf(1)}`, ...pace });
  assert.notEqual(account.key, codeAccount(addressOf(2), pace).key);
});

Deno.test("the value of a code is its hash with its kind in the lowest two bits", () => {
  const delegate = "d8da6bf26964af9d7eed9e03e53415d37aa96045";
  assert.equal(decode("0x"), 0n);
  for (
    const [code, kind] of [
      ["0x00", "contract"],
      ["0x6001", "contract"],
      [`0xef0100${delegate}`, "delegated"],
      [`0xEF0100${delegate.toUpperCase()}`, "delegated"],
      [`0xef0100${delegate}00`, "contract"],
      [`0x00ef0100${delegate}`, "contract"],
      [`0xef0100${delegate.slice(2)}`, "contract"],
      [`0xef0101${delegate}`, "contract"],
    ] as const
  ) {
    const value = decode(code);
    assert.equal(codeKindOf(value), kind, code);
    assert.equal(withoutKind(value), withoutKind(hashOf(code)), code);
  }
  assert.equal(delegationTo(`0x${delegate}`), decode(`0xef0100${delegate}`));
});

Deno.test("what is not code is a bad value", () => {
  const bad = [undefined, null, 0, "", "0", "0x0", "0x123", "0xzz", "6001", "0x6001 ", " 0x6001", "0x60\n", ["0x"], {}];
  for (const result of bad) assert.throws(() => decode(result), { reason: "bad_value" }, JSON.stringify(result));
});

Deno.test("codeValue() and codeKindOf() agree, whatever the hash", () => {
  for (const hash of [4n, 5n, 6n, 7n, 2n ** 256n - 1n, 2n ** 255n]) {
    for (const kind of CODE_KINDS) {
      const value = codeValue(kind, hash);
      assert.equal(codeKindOf(value), kind);
      assert.equal(withoutKind(value), kind === "none" ? 0n : withoutKind(hash));
    }
  }
  // A value that no code has.
  assert.deepEqual([codeKindOf(4n), codeKindOf(7n), codeKindOf(0n)], [undefined, undefined, "none"]);
});
