import assert from "node:assert/strict";
import { mutantsOf } from "./mutants.ts";
import { EQUIVALENT } from "./targets.ts";

function mutate(source: string): readonly string[] {
  return mutantsOf(source).map(({ start, end, replacement }) =>
    source.slice(0, start) + replacement + source.slice(end)
  );
}

Deno.test("mutantsOf() changes conditions, operators, literals, returns and statements", () => {
  const rows: readonly [string, readonly string[]][] = [
    ["a < b", ["(a <= b)", "(a >= b)"]],
    ["a && b", ["(a || b)", "a", "b"]],
    ["!a", ["a"]],
    ["a ? b : c", ["b", "c"]],
    ["5", ["6", "4"]],
    ["0n", ["1n"]],
    ["true", ["false"]],
    ['"x"', ['""']],
    ["/^a+$/", ["/a+$/", "/^a+/", "/^a*$/"]],
    ["list.every(f)", ["list.some(f)"]],
  ];
  for (const [source, mutants] of rows) {
    const found = mutate(`const x = ${source};`).map((text) => text.slice(10, -1));
    assert.deepEqual(new Set(found), new Set(mutants), source);
  }
  assert.ok(mutate("function f() { if (a) return 1; g(); }").includes("function f() { if (true) return 1; g(); }"));
  assert.ok(mutate("function f() { g(); }").includes("function f() { ; }"));
});

Deno.test("mutantsOf() leaves imports, types and texts for people alone", () => {
  assert.deepEqual(mutate('import { a } from "b";'), []);
  assert.deepEqual(mutate('type A = "x" | 5;'), []);
  assert.deepEqual(mutate('const a: "x" = b;'), []);
  assert.deepEqual(mutate('const e = new RpcError("x", "for people");'), ['const e = new RpcError("", "for people");']);
});

Deno.test("each mutant that is listed as equivalent exists", async () => {
  for (const { file, code, replacement } of EQUIVALENT) {
    const source = await Deno.readTextFile(new URL(`../../${file}`, import.meta.url));
    const exists = mutantsOf(source).some((mutant) =>
      mutant.replacement === replacement && source.slice(mutant.start, mutant.end) === code
    );
    assert.ok(exists, `${file}: ${code} -> ${replacement}`);
  }
});
