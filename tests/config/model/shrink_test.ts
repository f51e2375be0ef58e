import assert from "node:assert/strict";
import { readConfig } from "../../../src/config/read_config.ts";
import { refuseShrink, shrinkOf, type Sizes, sizesOf } from "../../../src/config/model/shrink.ts";
import { addressOf } from "../../fakes/watched.ts";

const CASES: readonly (readonly [before: number, after: number, refused: boolean])[] = [
  [0, 0, false],
  [0, 5, false],
  [1, 0, true],
  [9, 1, false],
  [10, 5, false],
  [10, 4, true],
  [11, 5, true],
  [1000, 500, false],
  [1000, 499, true],
  [1000, 0, true],
  [10, 1000, false],
];

for (const [before, after, refused] of CASES) {
  Deno.test(`U9: shrinkOf() ${refused ? "refuses" : "takes"} ${after} wallets after ${before}`, () => {
    const shrunk = shrinkOf(before, after);
    assert.equal(shrunk !== undefined, refused);
    if (shrunk !== undefined) {
      assert.match(shrunk, new RegExp(`${after === 0 ? "no" : after} wallets, and had ${before}`));
    }
  });
}

const CONFIG = { source: "wallets.json", problems: [] };

function sizes(whole: number, lists: Readonly<Record<string, number>>): Sizes {
  return { whole, lists: new Map(Object.entries(lists)) };
}

Deno.test("U9: refuseShrink() names the list that shrank, and what to do", () => {
  const before = sizes(100, { "n /w/a.csv": 20, "n /w/b.csv": 40 });
  assert.throws(() => refuseShrink(before, sizes(90, { "n /w/a.csv": 3, "n /w/b.csv": 40 }), CONFIG), {
    message: "The list /w/a.csv shrank: it has only 3 wallets, and had 20",
    advice: /restart the exporter or set --config.allow-shrink/,
  });
});

Deno.test("U9: refuseShrink() accepts a removed or replaced list, unless the total shrinks too much", () => {
  const before = sizes(100, { "n /w/a.csv": 40, "n /w/b.csv": 60 });
  refuseShrink(before, sizes(60, { "n /w/b.csv": 60 }), CONFIG);
  refuseShrink(before, sizes(62, { "n /w/b.csv": 60, "n /w/c.csv": 2 }), CONFIG);
  assert.throws(
    () => refuseShrink(before, sizes(40, { "n /w/a.csv": 40 }), CONFIG),
    /The configuration shrank: it has only 40/,
  );
});

const DUPLICATE_KEY = JSON.stringify({
  "http://a.example": [1, 2, 2, 2].map((index) => ({ address: addressOf(index), label: "same" })),
  "http://b.example": [{ address: addressOf(1), label: "same" }, { address: "typo", label: "rejected" }],
});

Deno.test("U9: sizesOf() counts each wallet of a network once, and no rejected entry", async () => {
  const config = await readConfig(DUPLICATE_KEY, "test", { env: () => undefined, file: undefined });
  assert.equal(sizesOf(config).whole, 3);
});
