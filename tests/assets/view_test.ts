import assert from "node:assert/strict";
import { View } from "../../src/assets/view.ts";
import { addressOf } from "../fakes/watched.ts";

const CONTRACT = addressOf(9);
const HOLDER = "0xABCDEF0000000000000000000000000000000001";
const CALL = { signature: "f(address)", functionSelector: "12345678" };
const WORD = "0".repeat(24);

Deno.test("a view requests the function of its contract with the wallet in its place, in lower case", () => {
  const argument = HOLDER.slice(2).toLowerCase();
  const ofWallet = new View(CONTRACT, { ...CALL, argumentParts: [WORD, ""] });
  assert.deepEqual(ofWallet.request(HOLDER), {
    type: "view",
    contract: CONTRACT,
    functionSelector: "12345678",
    argument: WORD + argument,
  });
  const twice = new View(CONTRACT, { ...CALL, argumentParts: [WORD, WORD, "ff"] }).request(HOLDER);
  assert.equal(twice.type === "view" && twice.argument, `${WORD}${argument}${WORD}${argument}ff`);
  const without = new View(CONTRACT, { ...CALL, argumentParts: ["07"] }).request(HOLDER);
  assert.equal(without.type === "view" && without.argument, "07");
});

Deno.test("a view's request declares the answer, if it is not one word", () => {
  const answer = { word: 1, words: 3, isOpen: false };
  const request = new View(CONTRACT, { ...CALL, argumentParts: [""], answer }).request(HOLDER);
  assert.deepEqual(request.type === "view" && request.answer, answer);
});

Deno.test("two views are one token exactly if contract, function, arguments and word are the same", () => {
  const idOf = (contract: string, call: object): string =>
    new View(contract, { ...CALL, argumentParts: [WORD, ""], ...call }).id;
  const answer = (word: number): object => ({ answer: { word, words: 3, isOpen: false } });
  const own = idOf(CONTRACT, {});
  assert.equal(idOf(CONTRACT, { signature: "f( address )" }), own);
  assert.equal(idOf(CONTRACT, answer(0)), own);
  const ids = [
    own,
    idOf(addressOf(8), {}),
    idOf(CONTRACT, { functionSelector: "12345679" }),
    idOf(CONTRACT, { argumentParts: [WORD, "", ""] }),
    idOf(CONTRACT, { argumentParts: [WORD] }),
    idOf(CONTRACT, answer(1)),
    idOf(CONTRACT, answer(2)),
  ];
  assert.equal(new Set(ids).size, ids.length, ids.join(" "));
});

Deno.test("a view's accounts differ by holder, and its decimals are not those of the contract", () => {
  const view = new View(CONTRACT, { ...CALL, argumentParts: [WORD, ""] });
  const [one, other] = [view.account(addressOf(1)), view.account(addressOf(2))];
  assert.deepEqual([one.asset, one.holder], [view, addressOf(1)]);
  assert.notEqual(one.key, other.key);
  assert.deepEqual([view.kind, view.requestType, view.decimals], ["view", "view", undefined]);
});

Deno.test("a value beyond the declared type is bad", () => {
  const call = { ...CALL, argumentParts: [""] };
  const limited = new View(CONTRACT, { ...call, limit: 256n });
  assert.deepEqual([limited.judge(255n), limited.judge(256n), limited.judge(257n)], [255n, "bad_value", "bad_value"]);
  assert.equal(new View(CONTRACT, call).judge(2n ** 256n - 1n), 2n ** 256n - 1n);
});
