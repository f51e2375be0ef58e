import assert from "node:assert/strict";
import fc from "fast-check";
import { createLinks } from "../../src/page/links.ts";
import { parseQuery, searchOf, SORTS, STATES } from "../../src/page/query.ts";

function parse(search: string) {
  return parseQuery(new URL(`http://localhost/${search}`));
}

const DEFAULT = parse("");

Deno.test("parseQuery() ignores what it does not know", () => {
  assert.deepEqual(DEFAULT, {
    network: "",
    state: "",
    labels: new Map(),
    q: "",
    sort: "urgency",
    page: 1,
    isPaused: false,
    isWall: false,
  });
  for (
    const search of [
      "?state=bad",
      "?sort=",
      "?page=0",
      "?page=-1",
      "?page=1e99",
      "?page=x",
      "?refresh=1",
      "?view=",
      "?x=y",
      "?labels.team=",
      "?labels.=a",
      "?labels.a-b=c",
      "?labels=a",
    ]
  ) {
    assert.deepEqual(parse(search), DEFAULT, search);
  }
});

Deno.test("parseQuery() cuts long texts", () => {
  assert.equal(parse(`?q=${"x".repeat(10_000)}`).q.length, 200);
});

Deno.test("parseQuery() reads labels, the first of a name, and no more than a wallet can have", () => {
  assert.deepEqual([...parse("?labels.team=bridge&labels.__proto__=x&labels.team=core").labels], [
    ["team", "bridge"],
    ["__proto__", "x"],
  ]);
  const spaced = parse(`?labels.team=${encodeURIComponent(" a ")}`);
  assert.equal(spaced.labels.get("team"), " a ", "a wallet may have it, and its link must lead to it");
  const many = Array.from({ length: 1000 }, (_, index) => `labels.l${index}=x`).join("&");
  assert.equal(parse(`?${many}`).labels.size, 32);
});

Deno.test("searchOf() writes the query that parseQuery() reads, without what is as usual", () => {
  const { wallets } = createLinks();
  assert.equal(wallets(DEFAULT), "/");
  assert.equal(wallets(DEFAULT, { page: 2, isPaused: true }), "/?page=2&refresh=0");
  assert.equal(createLinks("/a/b").wallets(DEFAULT, { page: 2 }), "/a/b/?page=2");
  const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 50 }).map((text) => text.trim() || "x");
  const query = fc.record({
    network: fc.string({ maxLength: 50 }).map((text) => text.trim()),
    state: fc.constantFrom("" as const, ...STATES),
    labels: fc.array(fc.tuple(fc.stringMatching(/^[A-Za-z_]\w{0,20}$/), word), { maxLength: 32 })
      .map((pairs) => new Map(pairs)),
    q: fc.string({ unit: "grapheme", maxLength: 50 }).map((text) => text.trim()),
    sort: fc.constantFrom(...SORTS),
    page: fc.integer({ min: 1, max: 1e6 }),
    isPaused: fc.boolean(),
    isWall: fc.boolean(),
  });
  fc.assert(fc.property(query, (query) => {
    assert.deepEqual(parseQuery(new URL(`/${searchOf(query)}`, "http://localhost")), { ...query });
  }));
});
