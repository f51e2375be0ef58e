import assert from "node:assert/strict";
import { printable, takesColours } from "../../src/cli/output.ts";
import { textTable } from "../../src/cli/table.ts";
import { protect, scrub } from "../../src/util/redact.ts";

Deno.test("M14: textTable() keeps its columns aligned if a name contains a secret", () => {
  protect("a-secret-in-a-name");
  const table = textTable([["NAME", "COUNT"], ["x-a-secret-in-a-name-y", "1"], ["plain", "20"]], { right: [1] });
  assert.equal(table, "NAME     COUNT\nx-***-y      1\nplain       20");
  assert.equal(scrub(table), table);
});

Deno.test("textTable() hides a secret that is complete only without control characters", () => {
  protect("two words of a secret");
  assert.equal(textTable([["two\nwords\tof a\u202esecret", "1"]]), "***  1");
});

Deno.test("textTable() aligns by the columns of a terminal", () => {
  const columns: readonly (readonly [text: string, columns: number])[] = [
    ["plain", 5],
    ["財務錢包", 8],
    ["ｆｕｌｌ", 8],
    ["ﾊﾝｶｸ", 4],
    ["지갑", 4],
    ["\u1112\u1161\u11ab", 2],
    ["cafe\u0301", 4],
    ["Z\u0335\u0321\u0322a", 2],
    ["कि", 2],
    ["ع\u064e", 1],
    ["🔥", 2],
    ["✅", 2],
    ["❤\ufe0f", 2],
    ["👍🏽", 2],
    ["👨\u200d👩\u200d👧", 2],
    ["🇨🇭", 2],
    ["1\ufe0f\u20e3", 2],
    ["می\u200cشود", 5],
    ["a\u200db", 2],
    ["é–…“”", 5],
  ];
  const rows = [["TEXT", "X"], ...columns.map(([text]) => [text, "x"])];
  const lines = textTable(rows).split("\n").slice(1);
  for (const [index, [text, width]] of columns.entries()) {
    assert.equal(lines[index], `${text}${" ".repeat(8 - width)}  x`, text);
  }
  const right = textTable(rows, { right: [0] }).split("\n").slice(1);
  for (const [index, [text, width]] of columns.entries()) {
    assert.equal(right[index], `${" ".repeat(8 - width)}${text}  x`, text);
  }
});

Deno.test("textTable() lets no control character and no change of direction through", () => {
  const hostile = [
    ...Array.from({ length: 32 }, (_, code) => code),
    ...Array.from({ length: 33 }, (_, code) => 0x7f + code),
    ...[0xad, 0x61c, 0x200b, 0x200e, 0x200f, 0x2028, 0x2029, 0xfeff, 0xfff9, 0xe0041],
    ...[0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069],
  ].map((code) => String.fromCodePoint(code));
  for (const character of [...hostile, "\ud800"]) {
    assert.equal(textTable([[`a${character}b`, "x"]]), "a b  x", character.codePointAt(0)?.toString(16));
  }
  assert.equal(printable("\x1b]0;title\x07\x1b[2Jred\r\n"), " ]0;title [2Jred ");
  assert.equal(textTable([["\x1b[31mred", "x"], ["plain", "x"]], { isColoured: true }), " [31mred  x\nplain     x");
});

Deno.test("textTable() colours texts and not the space between them", () => {
  const rows = [["財務", "1"], [{ text: "low", colour: "red" }, { text: "2", colour: "amber" }], [
    { text: "fine", colour: undefined },
    { text: "10", colour: "strong" },
  ]] as const;
  assert.equal(
    textTable(rows, { right: [1], isColoured: true }),
    "財務   1\n\x1b[31mlow\x1b[0m    \x1b[33m2\x1b[0m\nfine  \x1b[31;1m10\x1b[0m",
  );
  assert.equal(textTable(rows, { right: [1] }), "財務   1\nlow    2\nfine  10");
  assert.equal(textTable([]), "");
});

Deno.test("takesColours() looks at the stream itself, and at NO_COLOR", () => {
  const takes = (isTerminal: boolean, value?: string): boolean =>
    takesColours({ isTerminal: () => isTerminal }, (name) => name === "NO_COLOR" ? value : undefined);
  assert.deepEqual([takes(true), takes(true, ""), takes(true, "1"), takes(true, "0")], [true, true, false, false]);
  assert.deepEqual([takes(false), takes(false, "")], [false, false]);
});
