import assert from "node:assert/strict";
import fc from "fast-check";
import * as v from "valibot";
import { readThresholds } from "../../../src/config/wallets/read_thresholds.ts";
import { walletShape } from "../../../src/config/wallets/wallet_schema.ts";
import { NO_THRESHOLD } from "../../../src/config/model/threshold.ts";
import { ListError } from "../../../src/config/lists/list_entries.ts";
import { readWalletList, type WalletList } from "../../../src/config/lists/read_wallet_list.ts";

const A = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
const B = "0x00000000219ab540356cBB839Cbe05303d7705Fa";

function read(text: string, shape = walletShape(), symbols: readonly string[] = []): Promise<WalletList> {
  const thresholds = { minimum: 0.5 };
  const names = new Set(["team"]);
  const defaults = { ...readThresholds(thresholds, 18), labels: { team: "platform" } };
  return readWalletList(text, "w", {
    shape,
    defaults,
    thresholds,
    contradictions: new Map(),
    names,
    decimals: 18,
    symbols,
  });
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
    const { wallets, rejected, problems } = await read(text);
    assert.deepEqual([rejected, problems], [[], []]);
    assert.deepEqual(
      wallets.map(({ address, label, minimum, levels, labels, defaults }) => [
        address,
        label,
        (minimum === NO_THRESHOLD ? defaults?.minimum : minimum)?.coins,
        levels?.critical?.coins,
        { ...defaults?.labels, ...labels }["team"],
      ]),
      [[A, "hot", 1.5, undefined, "bridge"], [B, 'a "b", c', 0.5, 0.1, "platform"]],
    );
  });
}

Deno.test("M15: readWalletList() reads the names of columns in any case", async () => {
  const text = `Address,LABEL,Minimum,Min_Balance_ETH,Labels.Team\n${A},x,2,,bridge\n`;
  const { wallets, problems } = await read(text);
  assert.deepEqual(problems, []);
  assert.deepEqual(wallets.map(({ label, minimum, labels }) => [label, minimum.label, labels]), [["x", "2", {
    Team: "bridge",
  }]]);
});

Deno.test("readWalletList() reads the maximum of coins and tokens, in CSV and JSON", async () => {
  const lists = [
    `address,label,Maximum,tokens.DAI.maximum\n${A},x,7.5,"1000.25"\n`,
    `[{"address":"${A}","label":"x","thresholds":{"maximum":7.5},"tokens":{"DAI":{"maximum":"1000.25"}}}]`,
  ];
  for (const text of lists) {
    const { wallets, problems } = await read(text, undefined, ["DAI"]);
    assert.deepEqual(problems, []);
    assert.deepEqual(wallets.map(({ levels, tokens }) => [levels?.maximum?.coins, tokens]), [
      [7.5, { DAI: { maximum: "1000.25" } }],
    ]);
  }
});

Deno.test("a CSV column with the name of a property of all objects changes no other object", async () => {
  for (const name of ["constructor", "__proto__", "toString"]) {
    await read(`address,label,tokens.${name}.minimum,tokens.${name}.warning\n${A},x,7,8\n`).catch(() => {});
  }
  for (const each of [{}, Object, {}.toString]) {
    assert.deepEqual([Reflect.get(each, "minimum"), Reflect.get(each, "warning")], [undefined, undefined]);
  }
});

Deno.test("readWalletList() reads the columns of the configured schema", async () => {
  const shape = walletShape([{ wallet: { validator: v.optional(v.string("a text")) } }]);
  const { wallets, problems } = await read(`address,label,Validator\n${A},x,7\n`, shape);
  assert.deepEqual(problems, []);
  assert.deepEqual(wallets.map(({ parts }) => parts), [{ validator: "7" }]);
  assert.match(await refusalOf(`address,label,validator\n${A},x,7\n`), /^1:1: Unknown column 3\. /);
});

Deno.test("readWalletList() rejects bad lines, reports each with its place, and keeps all others", async () => {
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
  const { wallets, rejected, problems } = await read(text);
  assert.equal(wallets.length, 10);
  assert.deepEqual(rejected, [
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
  assert.ok(!JSON.stringify([problems, rejected]).includes(key));
});

Deno.test("readWalletList() reports places in JSON to the key, also of duplicate keys and long numbers", async () => {
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
  const { wallets, rejected, problems } = await read(text);
  assert.deepEqual([wallets.length, rejected.length], [5, 4]);
  assert.deepEqual(problems.map(({ line, column, message }) => `${line}:${column} ${message}`), [
    '7:3 Missing required key "label" (a string of 1 to 200 characters on one line)',
    '8:4 Unknown key "lable"',
    '9:59 Duplicate key "label"',
    "10:97 The number has more digits than a 64-bit float can hold",
    "11:3 Must be an object, found a number",
  ]);
});

Deno.test("readWalletList() merges nothing itself, and reports duplicates", async () => {
  const { wallets, problems } = await read(`address,label\n${A},x\n${A},y\n${A.toLowerCase()},x\n`);
  assert.equal(wallets.length, 3);
  assert.deepEqual(problems.map(({ severity, message }) => [severity, message]), [
    ["notice", "One entry has the address and label of another; duplicates are merged"],
  ]);
});

Deno.test("M2: readWalletList() warns of a duplicate wallet with other thresholds", async () => {
  const { wallets, problems } = await read(`address,label,minimum\n${A},x,1\n${A},x,2\n${A},x,1\n${B},x,1\n`);
  assert.equal(wallets.length, 4);
  assert.deepEqual(problems.map(({ severity, message }) => [severity, message]), [[
    "warning",
    "2 entries have the address and label of another, 1 with other thresholds; duplicates are merged",
  ]]);
});

const REFUSED: Readonly<Record<string, readonly [text: string, refusal: RegExp]>> = {
  "nothing": ["", /^1:1: The list is empty/],
  "a web page": ["\n<!doctype html><title>Sign in</title>", /^1:1: The list is HTML or XML/],
  "a word": ["Not found", /Missing required column "address"/],
  "columns with a typo": [`address,lable\n${A},x`, /Missing required column "label"/],
  "an unknown column": [`address,label,minimun\n${A},x,1`, /Unknown column 3\. Did you mean minimum\?/],
  "several unknown columns": [
    `address,label,minimun,note,team\n${A},x,1,y,z`,
    /Unknown columns 3, 4, 5\./,
  ],
  "a label that is taken": [`address,label,labels.network\n${A},x,y`, /Unknown column 3\./],
  "a column twice": [`address,label,label\n${A},x,y`, /Duplicate column 3/],
  "an open quote": [`address,label\n${A},"x\n`, /A quote is not closed/],
  "cut JSON": [`[{"address":"${A}","label":"x"},`, /^1:\d+: Invalid JSON/],
  "an object": [`{"error":"no token"}`, /The JSON must be a list/],
  "deep JSON": [`${"[".repeat(50_000)}${"]".repeat(50_000)}`, /nested too deeply/],
  "mostly nonsense": [
    `address,label\n${A},x\nnone,y\nnone,z`,
    /^3:1: 2 of 3 entries are invalid, the first one: address: Invalid address/,
  ],
  "a flag other than true and false": [
    `address,label,transactions\n${A},x,yes`,
    /^2:1: 1 of 1 entries are invalid, the first one: transactions: Must be true or false/,
  ],
  "two million wallets": [`address,label\n${`${A},x\n`.repeat(100_001)}`, /has more than 100000 wallets/],
  "two million wallets in JSON": [`[${"1,".repeat(2_000_000)}1]`, /has more than 100000 wallets/],
  "an endless line": [`address,label\n${A},${"x".repeat(20_000)}`, /The line is longer than 16384 characters/],
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
      const { wallets, rejected } = await read((hasHeader ? "address,label\n" : "") + cells.join(","));
      assert.ok(wallets.length >= rejected.length);
      for (const { address } of wallets) assert.match(address, /^0x[0-9a-fA-F]{40}$/);
    } catch (error) {
      assert.ok(error instanceof ListError, String(error));
    }
  }));
});

Deno.test("readWalletList() reads lines that end in either way, in one file", async () => {
  const { wallets, rejected } = await read(`address,label\r\n${A},a\r\n${A},b\n${A},c\n${A},"d\nd"\r\n`);
  assert.deepEqual([wallets.length, rejected.length], [3, 1]);
});

Deno.test("readWalletList() rejects what would break the series of all others", async () => {
  const entries = [
    ...Array.from({ length: 7 }, (_, index) => ({ address: A, label: `w${index}`, labels: { team: "x" } })),
    { address: A, label: "taken", labels: { network: "evil" } },
    { address: A, label: "hidden", labels: { __x: "evil" } },
    { address: A, label: "constructor", labels: JSON.parse('{"constructor":"x"}') },
    {
      address: A,
      label: "many",
      labels: Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`l${index}`, "x"])),
    },
    { address: A, label: "endless", thresholds: { minimum: Infinity } },
    { address: A, label: "digit", labels: { "1a": "x", "b-c": "y" } },
  ];
  const text = JSON.stringify(entries).replace('"minimum":null', '"minimum":1e400');
  const { wallets, rejected } = await read(text);
  assert.deepEqual(wallets.map(({ label }) => label), ["w0", "w1", "w2", "w3", "w4", "w5", "w6"]);
  assert.deepEqual(rejected.map(({ label }) => label), ["taken", "hidden", "constructor", "many", "endless", "digit"]);
  const names = new Set(rejected.flatMap(({ labels }) => Object.keys(labels ?? {})));
  assert.ok(names.size <= 32 && [...names].every((name) => /^[a-z]\w*$/.test(name) && name !== "network"));
});

Deno.test("readWalletList() shows no private key, wherever it is and however long the text", async () => {
  const key = "cd".repeat(32);
  const texts = [key, `0x${key}`, `${" ".repeat(155)}0x${key}`, `-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE${key}`];
  const entries = [
    ...Array.from({ length: 20 }, (_, index) => ({ address: A, label: `w${index}` })),
    ...texts.flatMap((text) => [
      { address: text, label: "x" },
      { address: "batcher", label: text },
      { address: A, label: text.replaceAll("\n", " ") },
      { address: A, label: "y", labels: { team: text.replaceAll("\n", " ") } },
    ]),
  ];
  const { wallets, rejected, problems } = await read(JSON.stringify(entries));
  assert.deepEqual([wallets.length, rejected.length], [20, 16]);
  assert.doesNotMatch(JSON.stringify([rejected, problems]), /cdcdcd|MHcC/);
});

Deno.test("readWalletList() reports little of one entry that is wrong in thousands of ways", async () => {
  const good = Array.from({ length: 3 }, (_, index) => ({ address: A, label: `w${index}` }));
  const labels = Object.fromEntries(Array.from({ length: 6000 }, (_, index) => [`bad name ${index}`, 7]));
  const short = Object.fromEntries(Object.entries(labels).slice(0, 700));
  for (const [entry, most] of [[labels, 1], [short, 1000]] as const) {
    const { wallets, problems } = await read(JSON.stringify([...good, { address: A, label: "x", labels: entry }]));
    assert.equal(wallets.length, 3);
    assert.ok(problems.length <= most, `${problems.length}`);
  }
});
