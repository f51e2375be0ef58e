import assert from "node:assert/strict";
import fc from "fast-check";
import { getAddress } from "viem/utils";
import { isPrivateKey } from "../../../src/config/wallets/wallet_address.ts";
import { readAddress } from "../../../src/util/address.ts";

/** From EIP-55 itself. */
const CHECKSUMMED = [
  "0x52908400098527886E0F7030069857D2E4169EE7",
  "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
  "0xde709f2102306220921060314715629080e2fb77",
  "0x27b1fdb04752bbc536007a920d24acb045561c26",
  "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
  "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
  "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
  "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
];

const hex = fc.constantFrom(..."0123456789abcdefABCDEF");
const fortyDigits = fc.string({ unit: hex, minLength: 40, maxLength: 40 });
const prefix = fc.constantFrom("", "0x", "0X");

for (const address of CHECKSUMMED) {
  Deno.test(`readAddress() reads ${address} in every case, with and without its prefix`, () => {
    const digits = address.slice(2);
    for (const each of [digits, digits.toLowerCase(), digits.toUpperCase()]) {
      for (const start of ["", "0x", "0X"]) {
        assert.deepEqual(readAddress(start + each), { address, corrected: false });
      }
    }
  });
}

Deno.test("readAddress() writes every address as viem does", () => {
  fc.assert(fc.property(fortyDigits, (digits) => {
    assert.equal(readAddress(digits)?.address, getAddress(`0x${digits.toLowerCase()}`));
  }));
});

Deno.test("readAddress() keeps the digits and reports a checksum mismatch", () => {
  fc.assert(fc.property(prefix, fortyDigits, (start, digits) => {
    const read = readAddress(start + digits);
    assert.ok(read !== undefined);
    assert.match(read.address, /^0x[0-9a-fA-F]{40}$/);
    assert.equal(read.address.toLowerCase(), `0x${digits.toLowerCase()}`);
    const mixed = /[a-f]/.test(digits) && /[A-F]/.test(digits);
    assert.equal(read.corrected, mixed && read.address !== `0x${digits}`);
    assert.deepEqual(readAddress(read.address), { address: read.address, corrected: false });
  }));
});

for (
  const text of [
    "",
    "0x",
    "vitalik.eth",
    "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA960",
    "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA960451",
    " 0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045",
    "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045\n",
    "0xzzdA6BF26964aF9D7eEd9e03E53415D37aA96045",
    "x0d8dA6BF26964aF9D7eEd9e03E53415D37aA96045",
    "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA9604５",
    "eth:0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045",
  ]
) {
  Deno.test(`readAddress() refuses ${JSON.stringify(text)}`, () => {
    assert.equal(readAddress(text), undefined);
  });
}

const KEY = "4f3edf983ac636a65a842ce7c78d9aa706d3b113bce9c46f30d7d21715b23b1d";

Deno.test("isPrivateKey() finds a key however it is typed", () => {
  const digits = fc.string({ unit: hex, minLength: 50, maxLength: 130 });
  const gap = fc.constantFrom("", " ", "\n", "_", ":", "-");
  const around = fc.constantFrom("", " ", '"', "key: ", "(", "\t");
  fc.assert(fc.property(prefix, digits, gap, around, (start, key, between, outside) => {
    const grouped = key.match(/.{1,8}/g)?.join(between) ?? key;
    assert.ok(isPrivateKey(`${outside}${start}${grouped}${outside}`));
  }));
  for (const text of [KEY, `0x${KEY}`, KEY.slice(1), `0x${KEY}00`, KEY.toUpperCase()]) assert.ok(isPrivateKey(text));
});

Deno.test("isPrivateKey() finds a recovery phrase of twelve words and more", () => {
  assert.ok(isPrivateKey("test test test test test test test test test test test junk"));
  assert.ok(isPrivateKey(` ${Array.from({ length: 24 }, () => "abandon").join("\n")} `));
  assert.ok(!isPrivateKey("the hot wallet of the batcher"));
});

Deno.test("isPrivateKey() leaves addresses with a typo alone, so that people can find them", () => {
  const digits = fc.string({ unit: hex, minLength: 1, maxLength: 47 });
  fc.assert(fc.property(prefix, digits, (start, typed) => assert.ok(!isPrivateKey(start + typed))));
  const address = CHECKSUMMED[4];
  for (const text of [`${address} ${address}`, `${address},${address}`, `${address}${address}`, "vitalik.eth", ""]) {
    assert.ok(!isPrivateKey(text), text);
  }
});
