import assert from "node:assert/strict";
import fc from "fast-check";
import { indexJson, type JsonIndex, type JsonPlace } from "../../../src/config/source/json_index.ts";

function valueAt(index: JsonIndex, place: JsonPlace): unknown {
  const type = index.typeOf(place);
  if (type === "string") return index.textOf(place);
  if (type === "array") return [...index.children(place)].map((child) => valueAt(index, child));
  if (type !== "object") return JSON.parse(index.textOf(place));
  const children = [...index.children(place)];
  const members = children.flatMap((key, at) =>
    at % 2 === 1 ? [] : [[index.textOf(key), children[at + 1] ?? 0] as const]
  );
  return Object.fromEntries(members.map(([key, value]) => [key, valueAt(index, value)]));
}

Deno.test("indexJson() finds every value of a text, however it is laid out", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.constantFrom("", " ", "\t", "\n  "), (value, space) => {
    const text = JSON.stringify(value, undefined, space);
    assert.deepEqual(valueAt(indexJson(text), 0), JSON.parse(text));
  }));
});

Deno.test("indexJson() keeps duplicate keys, and the text of numbers", () => {
  const index = indexJson(String.raw`{"a": 1.50, "a" : -0, "\"b\\": true}`);
  assert.deepEqual([...index.children(0)].map((place) => [index.typeOf(place), index.textOf(place)]), [
    ["string", "a"],
    ["number", "1.50"],
    ["string", "a"],
    ["number", "-0"],
    ["string", '"b\\'],
    ["boolean", "true"],
  ]);
});

Deno.test("indexJson() finds elements in any order, and none past the end", () => {
  const index = indexJson("[10, [20, 21], 30]");
  const found = [2, 0, 1, 3, 2].map((wanted) => index.elementOf(0, wanted)).map((place) =>
    place === undefined ? undefined : valueAt(index, place)
  );
  assert.deepEqual(found, [30, 10, [20, 21], undefined, 30]);
});

Deno.test("indexJson() refuses what is nested too deeply", () => {
  assert.throws(() => indexJson("[".repeat(1001) + "]".repeat(1001)), RangeError);
  indexJson("[".repeat(1000) + "]".repeat(1000));
});
