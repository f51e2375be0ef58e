import assert from "node:assert/strict";
import fc from "fast-check";
import { configureLog, log, LOG_FORMATS, LOG_LEVELS } from "../../src/util/log.ts";
import { protect } from "../../src/util/redact.ts";

/** The lines written by an action. */
function linesOf(options: Parameters<typeof configureLog>[0], act: () => void): readonly string[] {
  const lines: string[] = [];
  configureLog({ ...options, write: (line) => lines.push(line) });
  act();
  configureLog({ write: () => {} });
  return lines;
}

Deno.test("the log writes messages at its level or above", () => {
  for (const [index, level] of LOG_LEVELS.entries()) {
    const lines = linesOf({ level }, () => {
      log.debug("Said");
      log.info("Said");
      log.warn("Said");
      log.error("Said");
    });
    assert.equal(lines.length, LOG_LEVELS.length - index);
  }
});

Deno.test("the log writes a record on one line without secrets, whatever its values", () => {
  protect("pl4nted-secret");
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.double(),
    fc.bigInt(),
    fc.boolean(),
    fc.constant(null),
    fc.object(),
  );
  for (const format of LOG_FORMATS) {
    fc.assert(fc.property(value, fc.string(), (one, text) => {
      const lines = linesOf({ format }, () => log.info("Said", { one, two: `${text}pl4nted-secret` }));
      assert.equal(lines.length, 1);
      assert.match(lines[0] ?? "", /^[^\n\r\u2028\u2029]+\n$/);
      assert.ok(!lines[0]?.includes("pl4nted"));
      if (format === "json") assert.equal(JSON.parse(lines[0] ?? "").msg, "Said");
    }));
  }
});

Deno.test("the log quotes logfmt values that need it", () => {
  const [line = ""] = linesOf(
    {},
    () => log.warn("Two words", { plain: "a.b/c:1", spaced: "a b", quoted: 'a"b', empty: "" }),
  );
  assert.match(line, / level=warn msg="Two words" plain=a\.b\/c:1 spaced="a b" quoted="a\\"b" empty=""\n$/);
});

Deno.test("the log leaves out a field that is undefined", () => {
  for (const format of LOG_FORMATS) {
    const [line = ""] = linesOf({ format }, () => log.info("Said", { one: undefined, two: null }));
    assert.deepEqual([line.includes("one"), line.includes("two")], [false, true]);
  }
});
