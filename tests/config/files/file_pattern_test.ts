import assert from "node:assert/strict";
import fc from "fast-check";
import { isPattern, nameMatcher } from "../../../src/config/files/file_pattern.ts";

/** Few characters, so that names often match; those with a meaning in regular expressions are literal. */
const letters = fc.constantFrom("a", "b", ".", "?", "[", "(", "\\", "é", "🦊");
const names = fc.array(letters, { maxLength: 12 }).map((all) => all.join(""));
const patterns = fc.array(fc.oneof(letters, fc.constant("*")), { maxLength: 8 }).map((all) => all.join(""));

/** The definition, one character at a time. */
function isMatch(pattern: string, name: string): boolean {
  if (pattern === "") return name === "";
  if (pattern[0] === "*") return isMatch(pattern.slice(1), name) || name !== "" && isMatch(pattern, name.slice(1));
  return name !== "" && name[0] === pattern[0] && isMatch(pattern.slice(1), name.slice(1));
}

Deno.test("nameMatcher() matches what its definition does, and no hidden name", () => {
  let matches = 0;
  fc.assert(
    fc.property(patterns, names, (pattern, name) => {
      const expected = !name.startsWith(".") && isMatch(pattern, name);
      if (expected) matches++;
      assert.equal(nameMatcher(pattern)(name), expected, JSON.stringify([pattern, name]));
    }),
    { numRuns: 5000 },
  );
  assert.ok(matches > 100, `only ${matches} names matched`);
});

Deno.test("nameMatcher() matches every name that is made from the pattern", () => {
  fc.assert(
    fc.property(fc.array(names, { minLength: 2, maxLength: 6 }), fc.array(names), (parts, fillings) => {
      const name = parts.map((part, index) => index === 0 ? part : `${fillings[index - 1] ?? ""}${part}`).join("");
      assert.equal(nameMatcher(parts.join("*"))(name), !name.startsWith("."));
    }),
  );
});

Deno.test("nameMatcher() needs no time that grows with the number of ways to match", () => {
  const matches = nameMatcher(`${"*a".repeat(100)}*b.csv`);
  // There are more than 10^70 ways: one that tries them does not end.
  assert.equal(matches(`${"a".repeat(250)}.csv`), false);
});

Deno.test("nameMatcher() uses no character of the name twice", () => {
  assert.equal(nameMatcher("team*team.csv")("team.csv"), false);
  assert.equal(nameMatcher("a*b*.csv")("ab.csv"), true);
  assert.equal(nameMatcher("a*b*b.csv")("ab.csv"), false);
  assert.equal(nameMatcher("*.csv")(".csv"), false, "it is hidden");
});

Deno.test("isPattern() is about the name of the file", () => {
  assert.equal(isPattern("wallets.d/*.csv"), true);
  assert.equal(isPattern("/etc/wallets.d/team-*.json"), true);
  assert.equal(isPattern("*/wallets.csv"), false);
  assert.equal(isPattern("wallets?.csv"), false);
});
