import assert from "node:assert/strict";
import fc from "fast-check";
import { ListError } from "../../../src/config/wallet_list/list_error.ts";
import { readWalletList, type WalletList } from "../../../src/config/wallet_list/read_wallet_list.ts";

const A = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
const B = "0x00000000219ab540356cBB839Cbe05303d7705Fa";

function read(text: string): Promise<WalletList> {
  return readWalletList(text, "w", { thresholds: { minimum: 0.5 }, labels: { team: "platform" } });
}

async function refusalOf(text: string): Promise<string> {
  try {
    await read(text);
  } catch (error) {
    assert.ok(error instanceof ListError, String(error));
    const { line, column } = error.position;
    return `${line}:${column}: ${error.message}. ${error.advice}`;
  }
  throw new Error("it was taken");
}

const LISTS: Readonly<Record<string, string>> = {
  "CSV": `address,label,minimum,critical,labels.team\n${A},hot,1.5,,bridge\n${B.toLowerCase()},"a ""b"", c",,0.1,\n`,
  "CSV of another table program":
    `\uFEFFlabel;address;minimum;labels.team;critical\r\nhot;${A};1.5;bridge;\r\n"a ""b"", c";${B.toLowerCase()};;;0.1\r\n\r\n`,
  "JSON": `[{"address":"${A}","label":"hot","min_balance_eth":"1.5","labels":{"team":"bridge"}},
    {"address":"${B}","label":"a \\"b\\", c","thresholds":{"critical":0.1}}]`,
};

for (const [format, text] of Object.entries(LISTS)) {
  Deno.test(`readWalletList() reads ${format}`, async () => {
    const { wallets, setAside, problems } = await read(text);
    assert.deepEqual([setAside, problems], [[], []]);
    assert.deepEqual(
      wallets.map(({ address, label, minimum, levels, labels }) => [
        address,
        label,
        minimum.coins,
        levels?.critical?.coins,
        labels?.["team"],
      ]),
      [[A, "hot", 1.5, undefined, "bridge"], [B, 'a "b", c', 0.5, 0.1, "platform"]],
    );
  });
}

Deno.test("readWalletList() sets bad lines aside, each told with its place, and keeps all others", async () => {
  const key = "ab".repeat(32);
  const text = [
    "address,label,minimum,labels.team",
    `${A},good,,`,
    "vitalik.eth,ens,,bridge",
    `${B},"two`,
    'lines",,',
    `${B},broken,lots,`,
    `${key},leaked,,`,
    `${B},short`,
    ...Array.from({ length: 9 }, (_, index) => `${A},more ${index},,`),
  ].join("\n");
  const { wallets, setAside, problems } = await read(text);
  assert.equal(wallets.length, 10);
  assert.deepEqual(setAside, [
    { address: "vitalik.eth", label: "ens", labels: { team: "bridge" } },
    { address: B, label: "two\nlines", labels: { team: "platform" } },
    { address: B, label: "broken", labels: { team: "platform" } },
    { address: "hidden: a private key", label: "leaked", labels: { team: "platform" } },
    { address: B, label: "short", labels: { team: "platform" } },
  ]);
  assert.deepEqual(problems.map(({ source, line, path, severity }) => [source, line, path, severity]), [
    ["w", 3, "[1].address", "error"],
    ["w", 5, "[2].label", "error"],
    ["w", 6, "[3].thresholds.minimum", "error"],
    ["w", 7, "[4].address", "error"],
    ["w", 8, "[5]", "error"],
  ]);
  assert.ok(!JSON.stringify([problems, setAside]).includes(key));
});

Deno.test("readWalletList() tells the place in JSON to the key, of doubtful texts too", async () => {
  const good = Array.from({ length: 5 }, (_, index) => `  {"address":"${A}","label":"w${index}"}`);
  const text = `[\n${
    [
      ...good,
      `  {"address":"${B}",\n   "lable":"x"}`,
      `  {"address":"${B}","label":"y","label":"z"}`,
      `  {"address":"${B}","label":"cut","thresholds":{"minimum":0.12345678901234567}}`,
      "  7",
    ].join(",\n")
  }\n]`;
  const { wallets, setAside, problems } = await read(text);
  assert.deepEqual([wallets.length, setAside.length], [5, 4]);
  assert.deepEqual(problems.map(({ line, column, message }) => `${line}:${column} ${message}`), [
    "7:3 The key label is missing",
    "8:4 Unknown key lable",
    "9:59 The key stands here twice",
    "10:97 The number has more digits than a number can hold",
    "11:3 Must be an object, found a number",
  ]);
});

Deno.test("readWalletList() merges nothing itself, and tells what stands there twice", async () => {
  const { wallets, problems } = await read(`address,label\n${A},x\n${A},y\n${A.toLowerCase()},x\n`);
  assert.equal(wallets.length, 3);
  assert.deepEqual(problems.map(({ severity, message }) => [severity, message]), [
    ["notice", "One entry has the address and label of another; such are one wallet, with the thresholds of both"],
  ]);
});

const REFUSED: Readonly<Record<string, readonly [text: string, refusal: RegExp]>> = {
  "nothing": ["", /^1:1: The list is empty/],
  "a web page": ["\n<!doctype html><title>Sign in</title>", /^1:1: The list is a web page, or XML/],
  "a word": ["Not found", /does not name the column address/],
  "columns with a typo": [`address,lable\n${A},x`, /does not name the column label/],
  "an unknown column": [`address,label,minimun\n${A},x,1`, /name of column 3 is not known\. Did you mean minimum\?/],
  "a column twice": [`address,label,label\n${A},x,y`, /Column 3 has the name of another/],
  "an open quote": [`address,label\n${A},"x\n`, /A quote is not closed/],
  "cut JSON": [`[{"address":"${A}","label":"x"},`, /^1:\d+: Invalid JSON: the text ends too early/],
  "an object": [`{"error":"no token"}`, /The JSON is no list/],
  "deep JSON": [`${"[".repeat(50_000)}${"]".repeat(50_000)}`, /nested too deeply/],
  "mostly nonsense": [
    `address,label\n${A},x\nnone,y\nnone,z`,
    /^3:1: 2 of 3 entries are no wallets, the first one: The address is not one/,
  ],
  "two million wallets": [`address,label\n${`${A},x\n`.repeat(200_001)}`, /has 200001 wallets, more than 200000/],
};

for (const [what, [text, refusal]] of Object.entries(REFUSED)) {
  Deno.test(`readWalletList() refuses ${what}`, async () => assert.match(await refusalOf(text), refusal));
}

Deno.test("readWalletList() ends with a list or a ListError, whatever the text", async () => {
  const cell = fc.oneof(
    fc.constantFrom(A, B, "x", '"', ",", "\n", "0.5", "address", "label", "[", "{", "}"),
    fc.string(),
  );
  await fc.assert(fc.asyncProperty(fc.array(cell), fc.boolean(), async (cells, hasHeader) => {
    try {
      const { wallets, setAside } = await read((hasHeader ? "address,label\n" : "") + cells.join(","));
      assert.ok(wallets.length >= setAside.length);
      for (const { address } of wallets) assert.match(address, /^0x[0-9a-fA-F]{40}$/);
    } catch (error) {
      assert.ok(error instanceof ListError, String(error));
    }
  }));
});
