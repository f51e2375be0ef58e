import assert from "node:assert/strict";
import fc from "fast-check";
import { parseAnswer } from "../../src/jsonrpc/parse_answer.ts";

const REPLY = '"jsonrpc":"2.0","id":7,"result":"0x5"';

Deno.test("W8: parseAnswer() rejects duplicate keys of objects that are read, however they are spelled", () => {
  const block = '"number":"0x1","timestamp":"0x2"';
  const duplicates = [
    `{${REPLY},"result":"0x63"}`,
    `{${REPLY},"result":"0x5"}`,
    `{${REPLY},"\\u0072esult":"0x63"}`,
    `{"re\\u0073ult":"0x5",${REPLY}}`,
    `{${REPLY}, "id" :\n8}`,
    `{${REPLY},"\\u006A\\u0073onrpc":"2.0"}`,
    `{${REPLY},"x\\"":1,"x\\"":2}`,
    `{${REPLY},"":1,"":2}`,
    `{${REPLY},"__proto__":1,"__proto__":2}`,
    `{"id":7,"error":null,"error":{"code":1,"message":"x"}}`,
    `{"id":7,"error":{"code":1,"code":2,"message":"x"}}`,
    `[{"id":7,"error":{"code":1,"code":2,"message":"x"}}]`,
    `{"id":7,"error":{"code":1,"message":"x","messag\\u0065":"y"}}`,
    `{"id":7,"result":{${block},"timestamp":"0x3"}}`,
    `[{"id":6,"result":"0x1"},{${REPLY},"result":"0x63"}]`,
    `[{"id":7,"result":{${block},"number":"0x3"}}]`,
  ];
  for (const text of duplicates) assert.equal(parseAnswer(text), "duplicate_key", text);
});

Deno.test("W8: parseAnswer() accepts keys that only look alike, and duplicates in what is not read", () => {
  const sound = [
    `{${REPLY}}`,
    `{${REPLY},"error":null,"Result":"0x1"," result":"0x1"}`,
    `{"id":7,"result":"\\"result\\":\\"0x1\\",{\\"id\\":1:::"}`,
    `{"id":7,"result":"\\\\","x":"a\\\\\\"b:c"}`,
    `{"__proto__":{"a":1},"constructor":2,"toString":3}`,
    `{"id":7,"result":{"number":"0x1","withdrawals":[{"index":"0x1","index":"0x2"}]}}`,
    `{"id":7,"error":{"code":1,"message":"x","data":{"a":1,"a":2}}}`,
    `[{"id":7,"result":{"number":"0x1","header":{"a":1,"a":2}}}]`,
    `[{"a":1},{"a":1},[],null,5,"x:"]`,
    `"a:b"`,
    "null",
  ];
  for (const text of sound) assert.deepEqual(parseAnswer(text), { value: JSON.parse(text) }, text);
});

/**
 * Keys with everything that needs care, so short that some are the same. No backslash: V8 15.0 may take a key with
 * escapes for a known one that is written as the first begins, which is only possible if that has a backslash.
 */
const KEY = fc.string({ unit: fc.constantFrom("a", '"', ":", "{", "]", "\n", "é", "\u{1f600}"), maxLength: 2 });

/** Writes a string as JSON, some characters of it by their code. */
function spell(text: string, escapes: number): string {
  const units = Array.from(
    { length: text.length },
    (_, at) =>
      (escapes >> at & 1) === 1
        ? `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`
        : JSON.stringify(text.charAt(at)).slice(1, -1),
  );
  return `"${units.join("")}"`;
}

Deno.test("W8: parseAnswer() finds a duplicate key exactly when two keys of an object are equal", () => {
  const member = fc.record({ key: KEY, escapes: fc.nat(3), value: fc.json({ depthSize: "small", maxDepth: 1 }) });
  fc.assert(fc.property(fc.array(member, { maxLength: 5 }), fc.constantFrom(0, 1, 2), (members, depth) => {
    let text = `{${members.map(({ key, escapes, value }) => `${spell(key, escapes)} : ${value}`).join(" ,")}}`;
    if (depth > 0) text = `{"result":${text}}`;
    if (depth > 1) text = `[null,${text}]`;
    const isUnique = new Set(members.map(({ key }) => key)).size === members.length;
    const parsed = parseAnswer(text);
    // The values themselves have no duplicates: `fc.json()` writes what was an object.
    assert.deepEqual(parsed, isUnique ? { value: JSON.parse(text) } : "duplicate_key");
  }));
});

Deno.test("parseAnswer() accepts every JSON text, and no other", () => {
  fc.assert(fc.property(fc.json({ maxDepth: 5 }), (text) => {
    assert.deepEqual(parseAnswer(text), { value: JSON.parse(text) });
  }));
  fc.assert(fc.property(fc.string(), (text) => {
    let isJson = true;
    try {
      JSON.parse(text);
    } catch {
      isJson = false;
    }
    assert.equal(typeof parseAnswer(text) === "object", isJson);
  }));
});

Deno.test("C2: parseAnswer() counts depth outside of strings, and parses nothing deeper than 32", () => {
  assert.equal(typeof parseAnswer("[".repeat(32) + "]".repeat(32)), "object");
  assert.equal(parseAnswer("[".repeat(33) + "]".repeat(33)), "not_json");
  assert.equal(typeof parseAnswer(`["${"[{".repeat(100)}"]`), "object");
  assert.equal(parseAnswer(`["\\"${"["}${"[".repeat(40)}`), "not_json");
});
