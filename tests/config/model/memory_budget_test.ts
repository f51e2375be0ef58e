import assert from "node:assert/strict";
import { createMemoryBudget, type MemoryBudget } from "../../../src/config/model/memory_budget.ts";
import { costOfConfig, costOfList, costOfText } from "../../../src/config/model/memory_cost.ts";
import { readConfig } from "../../../src/config/read_config.ts";
import { loadConfig } from "../../../src/config/load_config.ts";
import { ConfigError } from "../../../src/config/model/problem.ts";
import { ExitError } from "../../../src/util/errors.ts";
import { addressOf } from "../../fakes/watched.ts";

const MIB = 2 ** 20;
const SHIPPED = { heap: 320 * MIB, process: Infinity };

function wallets(count: number): readonly unknown[] {
  return Array.from({ length: count }, (_, index) => ({ address: addressOf(index), label: `wallet-${index}` }));
}

function v2(count: number): string {
  const networks = [{ name: "n", endpoints: ["http://127.0.0.1:8545"], wallets: wallets(count) }];
  return JSON.stringify({ version: 2, networks });
}

/** Whether a text fits, and fits beside one that is as large. */
function fits(text: string, limits = SHIPPED): readonly boolean[] {
  const { kept } = costOfText(text);
  return [createMemoryBudget(undefined, limits), createMemoryBudget(kept, limits)].map((budget) =>
    budget.claim(costOfText(text)) === undefined
  );
}

Deno.test("U3: the documented sizes fit, at a start and beside what is in use", () => {
  assert.deepEqual(fits(v2(100_000)), [true, true]);
  assert.deepEqual(fits(v2(50_000), { heap: 320 * MIB, process: 512 * MIB }), [true, true]);
  assert.deepEqual(fits(v2(10_000), { heap: 320 * MIB, process: 256 * MIB }), [true, true]);
  const list = `address,label\n${`${addressOf(1)},${"x".repeat(60)}\n`.repeat(80_000)}`;
  const { kept, passing } = costOfList(list);
  assert.equal(createMemoryBudget(kept, SHIPPED).claim({ kept, passing }), undefined);
});

const TOO_LARGE: Readonly<Record<string, () => string>> = {
  "hundreds of thousands of wallets": () => v2(300_000),
  "millions of empty entries": () => `{"http://a":[${"{},".repeat(4_000_000)}{}]}`,
  "millions of numbers": () => `{"version":2,"x":[${"0,".repeat(10_000_000)}0]}`,
  "hundreds of thousands of networks": () =>
    JSON.stringify(Object.fromEntries(Array.from({ length: 300_000 }, (_, index) => [`http://h${index}`, []]))),
  "a nest": () => "[".repeat(20_000_000),
  "lines of YAML": () => `version: 2\nx:\n${" - a\n".repeat(400_000)}`,
  "brackets of YAML": () => `version: 2\nx: [${"[],".repeat(660_000)}]\n`,
};

for (const [what, make] of Object.entries(TOO_LARGE)) {
  Deno.test(`U3: ${what} do not fit`, () => assert.deepEqual(fits(make()), [false, false]));
}

Deno.test("U3: loadConfig() refuses what does not fit before it is parsed, with both sizes", async () => {
  const limits = { heap: 30 * MIB, process: Infinity };
  const load = (text: string): Promise<unknown> =>
    loadConfig({ configText: text }, { budget: createMemoryBudget(0, limits) });
  await load(v2(10));
  // It is no JSON, which nobody finds out.
  await assert.rejects(load(`${v2(10_000)}]`), (error) => {
    assert.ok(error instanceof ExitError && !(error instanceof ConfigError));
    assert.match(error.message, /WALLET_CONFIG does not fit in memory: about \d+ MiB are needed, and there are 6$/);
    return true;
  });
});

Deno.test("U3: a container's limit counts where it is the lower one", () => {
  const claim = (process: number): string | undefined =>
    createMemoryBudget(30 * MIB, { heap: 320 * MIB, process }).claim({ kept: 30 * MIB, passing: 10 * MIB });
  assert.equal(claim(Infinity), undefined);
  assert.equal(claim(512 * MIB), undefined);
  assert.match(claim(256 * MIB) ?? "", /about 40 MiB are needed, with 30 MiB in use, and there are 61/);
});

Deno.test("U3: what is claimed adds up, what passes does not", () => {
  const budget = createMemoryBudget(undefined, { heap: 124 * MIB, process: Infinity });
  const claim = (kept: number, passing: number): boolean =>
    budget.claim({ kept: kept * MIB, passing: passing * MIB }) === undefined;
  assert.deepEqual([claim(40, 50), claim(40, 10), claim(10, 11), claim(10, 10)], [true, true, false, true]);
});

Deno.test("U3: tokens and long labels count", async () => {
  const cost = async (tokens: number, label: string): Promise<number> => {
    const networks = [{
      name: "n",
      endpoints: ["http://127.0.0.1:8545"],
      tokens: Array.from({ length: tokens }, (_, index) => ({ symbol: `T${index}`, address: addressOf(900 + index) })),
      wallets: [{ address: addressOf(1), label }],
    }];
    const text = JSON.stringify({ version: 2, networks });
    return costOfConfig(await readConfig(text, "test", { env: () => undefined, file: undefined }));
  };
  const plain = await cost(0, "w");
  assert.ok(await cost(10, "w") > plain + 5000);
  assert.ok(await cost(0, "w".repeat(200)) > plain + 300);
  const endless = await readConfig(
    JSON.stringify({ "http://a": [{ address: addressOf(1), label: "w".repeat(10_000_000) }] }),
    "test",
    { env: () => undefined, file: undefined },
  );
  assert.ok(costOfConfig(endless) > 250 * MIB);
});

async function readList(budget: MemoryBudget, walletsFrom: string): Promise<readonly string[]> {
  const networks = [{ name: "n", endpoints: ["http://127.0.0.1:8545"], walletsFrom }];
  const text = `address,label\n${`${addressOf(1)},w\n`.repeat(20_000)}`;
  const lists = { fetch: () => Promise.resolve(), textOf: () => Promise.resolve(text) };
  const context = { env: () => undefined, file: undefined, lists, budget };
  const { problems } = await readConfig(JSON.stringify({ version: 2, networks }), "test", context);
  return problems.map(({ severity, message }) => `${severity}: ${message}`);
}

Deno.test("U3: a list over HTTP that does not fit is left out at a start, and refuses a reload", async () => {
  const limits = { heap: 30 * MIB, process: Infinity };
  const url = "http://127.0.0.1:1234/wallets.csv";
  const [message] = await readList(createMemoryBudget(undefined, limits), url);
  assert.match(message ?? "", /^warning: The list 127\.0\.0\.1:1234 does not fit in memory/);
  await assert.rejects(readList(createMemoryBudget(0, limits), url), /error: .* does not fit in memory/);
});

Deno.test("MemoryBudget.inTurn() reads one text after another, also after one that failed", async () => {
  const budget = createMemoryBudget(undefined, SHIPPED);
  const first = Promise.withResolvers<void>();
  const order: string[] = [];
  const work = [
    budget.inTurn(async () => {
      await first.promise;
      order.push("first");
      throw new Error("broken");
    }),
    budget.inTurn(() => Promise.resolve(order.push("second"))),
  ];
  first.resolve();
  await Promise.allSettled(work);
  assert.deepEqual(order, ["first", "second"]);
});

Deno.test("U3: a file that is too large for what is left is not even read", async () => {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(file, " ".repeat(5 * MIB));
  const budget = createMemoryBudget(22 * MIB, { heap: 50 * MIB, process: Infinity });
  await assert.rejects(
    loadConfig({ configFile: file }, { budget }),
    /Cannot read .*: it has 5242880 bytes, the maximum is 2097152/,
  );
  await Deno.remove(file);
});

Deno.test("U3: networks count without wallets, whose URLs may be anything in a note", async () => {
  const urls = Array.from({ length: 10_000 }, (_, index) => `https://h${index}.example.org`);
  const context = { env: () => undefined, file: undefined };
  const networks = await readConfig(
    JSON.stringify(Object.fromEntries(urls.map((url) => [url, []]))),
    "test",
    context,
  );
  assert.ok(costOfConfig(networks) > 300 * MIB);
  const noted = urls.map((note, index) => ({ address: addressOf(index), label: "w", note }));
  assert.deepEqual(fits(JSON.stringify({ "http://a": noted })), [true, true]);
});
