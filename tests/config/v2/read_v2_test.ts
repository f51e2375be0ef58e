import assert from "node:assert/strict";
import * as v from "valibot";
import { parse, stringify } from "yaml";
import type { Config } from "../../../src/config/model/config.ts";
import { ConfigError } from "../../../src/config/model/problem.ts";
import { readConfig } from "../../../src/config/read_config.ts";

const folder = new URL("../../testdata/v2/", import.meta.url);
const everyKey = new URL("every_key.yaml", folder);
const VARIABLES: Readonly<Record<string, string>> = { TEST_KEY: "k3y-of-the-environment" };

function read(text: string): Promise<Config> {
  return readConfig(text, "test", { env: (name) => VARIABLES[name], file: everyKey.pathname });
}

/** All that is wrong with a text, as it is printed. */
async function messageOf(text: string): Promise<string> {
  try {
    const { problems } = await read(text);
    return problems.map(({ message }) => message).join("\n");
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message;
  }
}

Deno.test("readV2() reads every key, with references replaced", async () => {
  const { version, interval, staleAfter, networks, problems, lists } = await read(await Deno.readTextFile(everyKey));
  assert.deepEqual([version, interval, staleAfter], [2, 60_000, 86_400_000]);
  assert.deepEqual(problems.map(({ severity, line }) => [severity, line]), [
    ["notice", 13],
    ["notice", 14],
    ["notice", 38],
    ["notice", 38],
    ["notice", 41],
  ]);
  assert.deepEqual(lists?.map(({ network, url, refresh }) => [network, refresh, url.reveal()]), [["ethereum", 300_000, {
    href: "https://wallets.example.org/list?key=k3y-of-the-environment",
    headers: [["x-token", "t0ken-in-a-file"]],
  }]]);
  const [ethereum, polygon] = networks;
  const { endpoints = [], wallets = [], ...rest } = ethereum ?? {};
  assert.deepEqual(rest, {
    name: "ethereum",
    chainId: 1,
    genesis: "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
    quorum: 2,
    block: "safe",
    interval: 15_000,
    symbol: "ETH",
    decimals: 18,
    tokens: [
      { symbol: "USDC", address: "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", decimals: 6, wallets: "named" },
      { symbol: "DAI", address: "0x6B175474E89094C44Da98b954EedeAC495271d0F", decimals: undefined, wallets: "all" },
    ],
    rejected: [],
    others: 0,
  });
  assert.deepEqual(endpoints.map(({ name, callsPerSecond, url }) => [name, callsPerSecond, url.reveal()]), [
    ["eth.example.com", undefined, { href: "https://eth.example.com/v2/k3y-of-the-environment", headers: [] }],
    ["backup", 5, {
      href: "https://rpc.example.org/",
      headers: [["authorization", "Bearer t0ken-in-a-file"], ["x-team", "costs ${5}"]],
    }],
  ]);
  const [batcher, second, listed] = wallets;
  assert.deepEqual([listed?.label, listed?.minimum.coins, listed?.levels?.critical?.coins], ["listed", 2, 0.5]);
  assert.deepEqual([batcher?.levels?.maximum?.coins, listed?.levels?.maximum?.coins], [50, 7]);
  assert.deepEqual([listed?.labels, listed?.defaults?.labels], [{ tier: "silver" }, { team: "platform" }]);
  assert.deepEqual([batcher?.address, batcher?.label], ["0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045", "batcher"]);
  assert.deepEqual([batcher?.minimum.belowWei, batcher?.levels?.warning?.belowWei], [10n ** 18n, 25n * 10n ** 17n]);
  assert.equal(batcher?.levels?.target?.belowWei, 5_000_000_000_000_000_001n, "texts are exact to the last digit");
  assert.deepEqual(batcher?.labels, { tier: "gold" });
  assert.deepEqual([second?.label, second?.minimum.label, second?.defaults?.levels.warning?.coins], ["007", "0.1", 1]);
  assert.deepEqual(second?.mute, { until: Date.parse("2027-01-31T00:00:00Z") / 1000, reason: "moves to a new key" });
  assert.deepEqual(batcher?.tokens, {
    USDC: { minimum: "100", critical: "10.5" },
    DAI: { target: "1000", maximum: "2000.5" },
  });
  assert.equal(polygon?.block, -3);
  assert.deepEqual([polygon?.outflow, polygon?.backfill], [true, 12 * 3_600_000]);
  assert.deepEqual(polygon?.endpoints.map(({ name }) => name), ["localhost:8545"]);
});

/** Makes a text with keys of the defaults and of a network. */
function withKeys(defaults: string, network: string): string {
  return `version: 2\ndefaults: {${defaults}}\nnetworks: [{ name: n, endpoints: [http://node], wallets: []${network} }]`;
}

Deno.test("readV2() takes outflow and backfill of the defaults where a network does not say otherwise", async () => {
  const day = 86_400_000;
  const cases: readonly (readonly [string, string, unknown, unknown])[] = [
    ["", "", undefined, undefined],
    ["", ", outflow: true", true, undefined],
    ["outflow: true", "", true, undefined],
    ["outflow: true", ", outflow: false", false, undefined],
    ["backfill: 24h", "", true, day],
    ["", ", backfill: 1h", true, 3_600_000],
    ["backfill: 24h", ", backfill: 0", true, undefined],
    ["backfill: 24h, outflow: false", "", false, day],
    ["backfill: 24h", ", outflow: false", false, day],
  ];
  for (const [defaults, network, outflow, backfill] of cases) {
    const [first] = (await read(withKeys(defaults, network))).networks;
    assert.deepEqual([first?.outflow, first?.backfill], [outflow, backfill], `${defaults} / ${network}`);
  }
  for (const time of ["59m", "25h"]) {
    const expected = /The time must be between 1 and 24 hours.*Use a time such as 24h, or 0 for none/s;
    assert.match(await messageOf(withKeys("", `, backfill: ${time}`)), expected);
    assert.match(await messageOf(withKeys(`backfill: ${time}`, "")), expected);
  }
  assert.match(await messageOf(withKeys("backfill: 3600", "")), /Must be a time from 1h to 24h, or 0 for none/);
  assert.match(await messageOf(withKeys("outflow: 1", "")), /Must be true or false/);
});

Deno.test("readV2() reads JSON as it reads YAML", async () => {
  const yaml = await Deno.readTextFile(everyKey);
  const value = parse(yaml.replaceAll(/ (0x\w+)/g, ' "$1"'));
  const [one, other] = [await read(yaml), await read(JSON.stringify(value, undefined, 2))];
  const shown = ({ problems: _, ...config }: Config): string => Deno.inspect(config, { depth: 9 });
  assert.equal(shown(other), shown(one));
});

Deno.test("readV2() reports every error at once, each with its place", async () => {
  const message = await messageOf(await Deno.readTextFile(new URL("mistakes.yaml", folder)));
  assert.equal(
    `${message.replaceAll(folder.pathname, "")}\n`,
    await Deno.readTextFile(new URL("mistakes.txt", folder)),
  );
});

/** Every value in a tree except lists and objects, with the path to it. */
function leaves(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, each]) => leaves(each, [...path, key]));
}

function planted(value: unknown, [key, ...rest]: readonly string[], what: unknown): unknown {
  if (key === undefined) return what;
  const copy: Record<string, unknown> = Array.isArray(value) ? [...value] as never : { ...(value as object) };
  copy[key] = planted(copy[key], rest, what);
  return copy;
}

Deno.test("readV2() repeats no value in a message, wherever it is", async () => {
  const canary = "C4n4ry-S3cret";
  const value = parse((await Deno.readTextFile(everyKey)).replaceAll(/ (0x\w+)/g, ' "$1"'));
  for (const path of leaves(value)) {
    for (
      const what of [canary, [canary], { [canary]: canary }, `https://u:${canary}@h.example/${canary}`, `\${${canary}`]
    ) {
      const changed = planted(value, path, what);
      for (const text of [JSON.stringify(changed), stringify(changed)]) {
        const message = await messageOf(text);
        // The names of keys are repeated, where they are plain names; their values are not.
        const shown = message.replaceAll(`.${canary}: Unknown key "${canary}". `, "").replaceAll(
          `labels.${canary}`,
          "",
        );
        assert.ok(!shown.includes(canary), `${path.join(".")}: ${shown}`);
      }
    }
  }
});

const REFUSED: Readonly<Record<string, readonly [text: string, message: RegExp]>> = {
  "a version without a space": [
    "# wallets\nversion:2\nnetworks: []",
    /test:2:9: error: Missing space after the colon\. Write version: 2/,
  ],
  "another version": ["version: 3\nnetworks: []", /test:1:10: error: version: Must be 2/],
  "a bomb of aliases": [
    `version: 2\na: &a [x,x,x,x,x,x,x,x,x]\n${
      [..."bcdefgh"].map((name, index) => `${name}: &${name} [${`*${"abcdefg"[index]},`.repeat(9)}]`).join("\n")
    }`,
    /Aliases repeat too much of the text/,
  ],
  "deep JSON": [`{"version":2,"networks":${"[".repeat(3000)}${"]".repeat(3000)}}`, /nested too deeply|Must be/],
  "deeper JSON": [`{"version":2,"networks":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, /nested too deeply/],
  "deep YAML": [`version: 2\nnetworks: ${"[".repeat(20_000)}${"]".repeat(20_000)}`, /test:2:\d+: error: /],
  "two documents": [
    "version: 2\nnetworks: []\n---\nversion: 2",
    /test:3:\d+: error: A second YAML document starts here/,
  ],
  "a tab": ["version: 2\nnetworks:\n\t- name: a", /test:3:1: error: /],
  "an open bracket": ["version: 2\nnetworks: [", /error: A line is indented too little, or a bracket is not closed/],
  "a tag": ["version: 2\nnetworks: !!js/function 'x'", /Tags are not supported/],
  "a key twice": ["version: 2\nversion: 2\nnetworks: []", /test:2:1: error: Duplicate key "version"/],
  "a key twice in JSON": [
    '{"version":2,"networks":[],\n"networks":[]}',
    /test:1:14: error: networks: Duplicate key "networks"/,
  ],
  "more than 2 MB of YAML": [`version: 2\nnetworks: []\n# ${"x".repeat(2 * 1024 * 1024)}`, /larger than 2 MB/],
  "two networks of one name": [
    "version: 2\nnetworks:\n- {name: a, endpoints: [http://h]}\n- {name: a, endpoints: [http://i]}",
    /test:4:10: error: networks\[1\]\.name: Duplicate name: another network has it/,
  ],
  "one endpoint twice": [
    "version: 2\nnetworks:\n- {name: a, endpoints: [http://h, http://h/]}",
    /networks\[0\]\.endpoints\[1\]: Duplicate endpoint/,
  ],
  "a list in place of all": ['["version", 2]', /error: The configuration must be an object/],
};

for (const [what, [text, message]] of Object.entries(REFUSED)) {
  Deno.test(`readConfig() refuses ${what}`, async () => assert.match(await messageOf(text), message));
}

Deno.test("readV2() numbers endpoints of one host", async () => {
  const { networks: [network] } = await read(
    "version: 2\nnetworks:\n- {name: a, endpoints: [http://h/1, http://h/2, {url: http://h/3, name: h_2}], wallets: []}",
  );
  assert.deepEqual(network?.endpoints.map(({ name }) => name), ["h", "h_3", "h_2"]);
});

Deno.test("readConfig() reports every unknown key of every object, each with its place", async () => {
  const text = `version: 2
net_works: []
staleafter: 1h
defaults: { threshold: {}, thresholds: { minimun: 1, Critical: 2 }, label: {} }
networks:
  - name: m
    chain_id: 1
    url: http://localhost:8545
    endpoints: [{ url: "http://localhost:8545", header: {}, rps: 5 }]
    tokens: [{ symbol: USDC, address: "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", decimal: 6, contract: x }]
    wallets:
      - address: "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045"
        label: a
        min_balance: 1
        name: x
        tokens: { USDC: { minimun: 1, max: 2 } }
    walletsFrom: { url: "http://localhost/", every: 5m, token: x }
`;
  const message = await messageOf(text);
  const found = [...message.matchAll(/^test:(\d+):(\d+): error: \S+ Unknown key "(\w+)"/gm)].map((
    [, line, column, key],
  ) => `${line}:${column} ${key}`);
  assert.deepEqual(found, [
    "2:1 net_works",
    "3:1 staleafter",
    "4:13 threshold",
    "4:42 minimun",
    "4:54 Critical",
    "4:69 label",
    "7:5 chain_id",
    "8:5 url",
    "9:49 header",
    "9:61 rps",
    "10:85 decimal",
    "10:97 contract",
    "14:9 min_balance",
    "15:9 name",
    "16:27 minimun",
    "16:39 max",
    "17:46 every",
    "17:57 token",
  ]);
  assert.match(message, /Unknown key "chain_id"\. Did you mean chainId\?/);
});

Deno.test("M5: readConfig() notes once how many wallets contradict the defaults, and warns of what one wallet contradicts", async () => {
  const wallet = (label: string, thresholds: string): string =>
    `      - { address: "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045", label: ${label}, thresholds: ${thresholds} }\n`;
  const text = `version: 2
defaults: { thresholds: { minimum: 0.5, warning: 1 } }
networks:
  - name: m
    endpoints: ["http://localhost:8545"]
    wallets:
${wallet("a", "{ minimum: 32 }")}${wallet("b", "{ minimum: 2 }")}${wallet("c", "{ minimum: 0.7 }")}${
    wallet("d", "{ target: 0.1 }")
  }`;
  const { problems } = await read(text);
  assert.deepEqual(problems.map(({ severity, message }) => [severity, message]), [[
    "notice",
    "Default thresholds are not applied where they contradict a wallet's own: warning of 3, minimum of 1 wallets",
  ]]);
  const own = text.replace("{ minimum: 0.7 }", "{ minimum: 2, warning: 1 }");
  const warned = (await read(own)).problems.filter(({ severity }) => severity === "warning");
  assert.deepEqual(warned.map(({ message }) => message), ["Threshold minimum is higher than warning"]);
  const defaults = text.replace("minimum: 0.5", "minimum: 1.5");
  assert.ok(
    (await read(defaults)).problems.some(({ severity, path }) =>
      severity === "warning" && path === "defaults.thresholds"
    ),
  );
});

Deno.test("readConfig() warns of a maximum below other levels, of coins and tokens, and notes a default that it contradicts", async () => {
  const text = `version: 2
defaults: { thresholds: { minimum: 1, warning: 9, maximum: 10 } }
networks:
  - name: m
    endpoints: ["http://localhost:8545"]
    tokens: [{ symbol: DAI, address: "0x6B175474E89094C44Da98b954EedeAC495271d0F" }]
    wallets:
      - address: "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045"
        label: mistaken
        thresholds: { target: 5, maximum: 4 }
        tokens: { DAI: { minimum: 8, maximum: "7.9" } }
      - { address: "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045", label: deposit, thresholds: { minimum: 32 } }
      - { address: "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045", label: equal, thresholds: { target: 10 } }`;
  const { problems } = await read(text);
  assert.deepEqual(problems.map(({ severity, path, message }) => [severity, path, message]), [
    [
      "notice",
      "defaults.thresholds",
      "Default thresholds are not applied where they contradict a wallet's own: warning of 2, maximum of 1 wallets",
    ],
    ["warning", "networks[0].wallets[0].thresholds", "Threshold target is higher than maximum"],
    ["warning", "networks[0].wallets[0].tokens.DAI", "Threshold minimum is higher than maximum"],
  ]);
});

Deno.test("M15: readConfig() reads an empty CSV file as a list without wallets", async () => {
  const folder = await Deno.makeTempDir();
  for (const [name, content] of [["empty.csv", ""], ["blank.csv", "\n"], ["empty.json", ""]] as const) {
    await Deno.writeTextFile(`${folder}/${name}`, content);
    const text =
      `version: 2\nnetworks: [{ name: m, endpoints: ["http://localhost:8545"], walletsFrom: ${folder}/${name} }]`;
    assert.match(
      await messageOf(text),
      name.endsWith(".csv") ? /^The list \S+ is empty$/ : /error: .*The list is empty/,
    );
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("U3: a header that is too long is refused", async () => {
  const headers = { "x-token": "x".repeat(20_000) };
  const networks = [{ name: "n", endpoints: [{ url: "https://eth.example.com", headers }] }];
  assert.match(await messageOf(JSON.stringify({ version: 2, networks })), /The value is longer than 16384 characters/);
});

Deno.test("M4: unknown keys have their places, also where they are many", async () => {
  const letter = (index: number): string => String.fromCharCode(97 + index);
  const keys = Array.from({ length: 200 }, (_, index) => `z${letter(index % 20)}${letter(Math.floor(index / 20))}z`);
  const yaml = ["version: 2", ...keys.map((key) => `${key}: 1`), "networks: []"].join("\n");
  const json = `{"version": 2,\n${keys.map((key) => `"${key}": 1,`).join("\n")}\n"networks": []}`;
  for (const text of [yaml, json]) {
    const lines = (await messageOf(text)).split("\n").map((line) =>
      /^test:(\d+):1: .*Unknown key "(z..z)"\./.exec(line)
    );
    assert.deepEqual(lines.map((match) => match?.slice(1)), keys.map((key, index) => [String(index + 2), key]));
  }
});

Deno.test("U3: more aliases than are found in seconds are refused", async () => {
  const each = (line: (index: number) => string): string =>
    Array.from({ length: 17_000 }, (_, i) => line(i)).join("\n");
  const text = `version: 2\nx:\n${each((i) => `- &a${i} b`)}\ny:\n${each((i) => `- *a${i}`)}\nnetworks: []\n`;
  assert.match(await messageOf(text), /^test:1:1: error: Aliases repeat too much of the text/);
});

Deno.test("a duplicate header is refused, in any case", async () => {
  const networks = [{
    name: "n",
    endpoints: [{ url: "https://eth.example.com", headers: { "X-A": "1", "x-a": "2" } }],
  }];
  assert.match(await messageOf(JSON.stringify({ version: 2, networks })), /Duplicate header "x-a"/);
});

Deno.test("readV2() reads the keys of schema parts, and reports what is wrong with them", async () => {
  const parts = [{
    wallet: { sent: v.optional(v.boolean("true or false")) },
    network: { beacon: v.optional(v.string("a text")), relay: v.optional(v.string("a text")) },
  }];
  const wallet = { address: "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045", label: "a" };
  const textWith = (sent: unknown): string =>
    JSON.stringify({
      version: 2,
      defaults: { beacon: "y", relay: "z" },
      networks: [{
        name: "m",
        endpoints: ["http://localhost"],
        beacon: "x",
        wallets: [{ ...wallet, sent }, wallet],
      }],
    });
  const context = { env: () => undefined, file: undefined, parts };
  const { networks: [network] } = await readConfig(textWith(true), "test", context);
  assert.deepEqual([network?.parts, network?.wallets.map(({ parts }) => parts)], [{ beacon: "x", relay: "z" }, [
    { sent: true },
    undefined,
  ]]);
  await assert.rejects(readConfig(textWith(7), "test", context), /wallets\[0\]\.sent: Must be true or false/);
  assert.match(await messageOf(textWith(true)), /Unknown key "beacon"[^]*Unknown key "sent"/);
});
