import assert from "node:assert/strict";
import { describeError } from "../../src/util/errors.ts";
import { protect } from "../../src/util/redact.ts";

Deno.test("describeError() includes the message and places, without folders", () => {
  const text = describeError(new TypeError("x is not a function"));
  assert.match(text, /^TypeError: x is not a function \(errors_test\.ts:\d+:\d+\)$/);
});

Deno.test("describeError() removes secrets, and describes only errors", () => {
  protect("SECRETKEYOFANN");
  assert.match(
    describeError(new Error("at https://x.example/SECRETKEYOFANN\n  at y (z.ts:1:2)")),
    /^Error: at https:\/\/x\.example\/\*\*\* at y \(z\.ts:1:2\) \(errors_test\.ts:\d+:\d+\)$/,
  );
  assert.equal(describeError("SECRETKEYOFANN"), "unknown");
  assert.equal(describeError(undefined), "unknown");
});

Deno.test("describeError() accepts an error without a stack", () => {
  const error = new RangeError("too long");
  delete error.stack;
  assert.equal(describeError(error), "RangeError: too long");
});
