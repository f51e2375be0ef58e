import assert from "node:assert/strict";
import fc from "fast-check";
import { linkTo, parseQuery, SORTS, STATES } from "../../src/page/query.ts";

function parse(search: string) {
  return parseQuery(new URL(`http://localhost/${search}`));
}

const DEFAULT = parse("");

Deno.test("parseQuery() ignores what it does not know", () => {
  assert.deepEqual(DEFAULT, {
    network: "",
    state: "",
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
    ]
  ) {
    assert.deepEqual(parse(search), DEFAULT, search);
  }
});

Deno.test("parseQuery() cuts long texts", () => {
  assert.equal(parse(`?q=${"x".repeat(10_000)}`).q.length, 200);
});

Deno.test("linkTo() makes the query that parseQuery() reads, without what is as usual", () => {
  assert.equal(linkTo(DEFAULT), "/");
  assert.equal(linkTo(DEFAULT, { page: 2, isPaused: true }), "/?page=2&refresh=0");
  const query = fc.record({
    network: fc.string({ maxLength: 50 }).map((text) => text.trim()),
    state: fc.constantFrom("" as const, ...STATES),
    q: fc.string({ unit: "grapheme", maxLength: 50 }).map((text) => text.trim()),
    sort: fc.constantFrom(...SORTS),
    page: fc.integer({ min: 1, max: 1e6 }),
    isPaused: fc.boolean(),
    isWall: fc.boolean(),
  });
  fc.assert(fc.property(query, (query) => {
    assert.deepEqual(parseQuery(new URL(linkTo(query), "http://localhost")), { ...query });
  }));
});
