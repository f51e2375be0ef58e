import assert from "node:assert/strict";
import fc from "fast-check";
import { createListStore, type ListStore } from "../../../src/config/lists/list_store.ts";
import { loadConfig } from "../../../src/config/load_config.ts";
import type { Config } from "../../../src/config/model/config.ts";
import { ConfigError } from "../../../src/config/model/problem.ts";
import type { Shard } from "../../../src/config/model/shard.ts";
import { MAX_MATCHING_FILES } from "../../../src/config/files/stamps.ts";
import { createFakeClock } from "../../fakes/fake_clock.ts";
import { catchLog, type LogLines } from "../../fakes/log_lines.ts";
import { accountsOf } from "../../fakes/open_pool.ts";

const ADDRESSES = accountsOf(40);

function csv(...wallets: readonly number[]): string {
  return `address,label\n${wallets.map((index) => `${ADDRESSES[index]},w${index}\n`).join("")}`;
}

interface Folder extends AsyncDisposable {
  readonly path: string;
  readonly log: LogLines;
  readonly store: ListStore;
  write(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Reads the configuration as the exporter does; each time like a reload. */
  read(
    options?: { readonly walletsFrom?: unknown; readonly store?: ListStore | undefined; readonly shard?: Shard },
  ): Promise<Config>;
}

async function makeFolder({ allowShrink = false } = {}): Promise<Folder> {
  const path = await Deno.makeTempDir();
  await Deno.mkdir(`${path}/wallets.d`);
  const log = catchLog();
  const store = createListStore(createFakeClock(), { allowShrink });
  return {
    path,
    log,
    store,
    write: (name, text) => Deno.writeTextFile(`${path}/wallets.d/${name}`, text),
    remove: (name) => Deno.remove(`${path}/wallets.d/${name}`),
    async read({ walletsFrom = "wallets.d/*.csv", shard, ...rest } = {}): Promise<Config> {
      const networks = [{ name: "n", endpoints: ["http://127.0.0.1:8545"], walletsFrom }];
      await Deno.writeTextFile(`${path}/config.json`, JSON.stringify({ version: 2, networks }));
      const lists = "store" in rest ? rest.store : store;
      return await loadConfig({ configFile: `${path}/config.json` }, { lists, shard });
    },
    async [Symbol.asyncDispose]() {
      log[Symbol.dispose]();
      await Deno.remove(path, { recursive: true });
    },
  };
}

function labelsOf({ networks }: Config): string {
  return networks.flatMap(({ wallets }) => wallets.map(({ label }) => label)).join(" ");
}

function problemsOf({ problems }: Config, { path }: Folder): readonly string[] {
  return problems.map(({ severity, message }) => `${severity}: ${message.replaceAll(`${path}/`, "")}`);
}

function failedIn({ matchedLists = [] }: Config, { store, path }: Folder): readonly string[] {
  return matchedLists.filter((list) => !store.stateOf(list).successful).map((list) => list.path.slice(path.length + 1));
}

Deno.test("walletsFrom reads all files that match a pattern, in the order of their names", async () => {
  await using folder = await makeFolder();
  await folder.write("b.csv", csv(3, 2));
  await folder.write("a.csv", csv(1));
  await folder.write("c.json", JSON.stringify([{ address: ADDRESSES[4], label: "w4" }]));
  await folder.write(".hidden.csv", csv(5));
  const config = await folder.read();
  assert.equal(labelsOf(config), "w1 w3 w2");
  assert.deepEqual(config.problems, []);
  assert.equal(labelsOf(await folder.read({ walletsFrom: ["wallets.d/*.json", "wallets.d/*.csv"] })), "w4 w1 w3 w2");
  assert.equal(labelsOf(await folder.read({ walletsFrom: `${folder.path}/wallets.d/b*.csv` })), "w3 w2");
  assert.equal(labelsOf(await folder.read({ walletsFrom: ["wallets.d/*.csv", "wallets.d/a*.csv"] })), "w1 w3 w2");
  assert.deepEqual(folder.log.lines, []);
});

Deno.test("walletsFrom notes a pattern that no file matches, which is no error", async () => {
  await using folder = await makeFolder();
  for (const walletsFrom of ["wallets.d/*.csv", "missing.d/*.csv"]) {
    const config = await folder.read({ walletsFrom });
    assert.deepEqual(problemsOf(config, folder), [`notice: No file matches ${walletsFrom} yet`]);
  }
});

Deno.test("walletsFrom refuses a pattern of folders, and one without an ending that is known", async () => {
  await using folder = await makeFolder();
  for (
    const [walletsFrom, expected] of [
      ["*.d/wallets.csv", /A pattern can be in the name of a file, not in that of a folder/],
      ["**/*.csv", /A pattern can be in the name of a file, not in that of a folder/],
      ["wallets.d/*", /Must be a URL, or files whose names end with \.csv or \.json, such as/],
      ["config.json/*.csv", /Cannot read the folder \S+config\.json: reading failed/],
    ] as const
  ) {
    await assert.rejects(() => folder.read({ walletsFrom }), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, expected);
      return true;
    });
  }
});

Deno.test("U11: walletsFrom keeps the wallets of a file that became bad, and those of all others", async () => {
  await using folder = await makeFolder();
  await folder.write("a.csv", csv(1));
  await folder.write("b.csv", csv(2));
  await folder.read();
  const bad = ["<html>", "address;labell\n", `address,label\n"${ADDRESSES[2]},w2\n`, "address,label\nx,y\n", csv(), ""];
  for (const text of bad) {
    await folder.write("b.csv", text);
    await folder.write("a.csv", csv(1, 3));
    const config = await folder.read();
    assert.equal(labelsOf(config), "w1 w3 w2", text);
    assert.deepEqual(failedIn(config, folder), ["wallets.d/b.csv"], text);
    await folder.write("b.csv", csv(2));
    assert.deepEqual(failedIn(await folder.read(), folder), []);
  }
  const { lines } = folder.log;
  assert.equal(lines.length, 2 * bad.length);
  const list = `${folder.path}/wallets.d/b.csv`;
  assert.deepEqual(lines.slice(4, 6), [{
    level: "error",
    msg: "Wallet list cannot be read",
    network: "n",
    list,
    problem: "A quote is not closed (line 2, column 1)",
    advice: "The last good list stays in use",
  }, { level: "info", msg: "Wallet list read", network: "n", list, wallets: 1 }]);
});

Deno.test("U11: walletsFrom reads the others where a file is bad from the start, and says so", async () => {
  await using folder = await makeFolder();
  await folder.write("a.csv", "<html>");
  await folder.write("b.csv", csv(2));
  await Deno.symlink("missing", `${folder.path}/wallets.d/c.csv`);
  const config = await folder.read();
  assert.equal(labelsOf(config), "w2");
  assert.deepEqual(failedIn(config, folder), ["wallets.d/a.csv", "wallets.d/c.csv"]);
  assert.deepEqual(problemsOf(config, folder), [
    "warning: Cannot read the list wallets.d/a.csv: The list is HTML or XML",
    "warning: Cannot read the list wallets.d/c.csv: it does not exist",
  ]);
  assert.ok(config.problems.every(({ isRemote }) => isRemote), "--config.strict is about the configuration itself");
  await folder.write("a.csv", csv(1));
  assert.equal(labelsOf(await folder.read()), "w1 w2");
});

Deno.test("walletsFrom forgets the wallets of a file that is removed, and takes any others if it comes back", async () => {
  await using folder = await makeFolder();
  await folder.write("a.csv", csv(1));
  await folder.write("b.csv", csv(...Array.from({ length: 20 }, (_, index) => index + 2)));
  folder.store.retain((await folder.read()).matchedLists ?? []);
  await folder.write("b.csv", csv(2));
  const shrunk = await folder.read();
  assert.equal(labelsOf(shrunk).split(" ").length, 21);
  assert.match(
    String(folder.log.lines[0]?.["problem"]),
    /it has only 1 wallets, and had 20\. If they were removed on purpose/,
  );
  await folder.remove("b.csv");
  const without = await folder.read();
  assert.equal(labelsOf(without), "w1");
  folder.store.retain(without.matchedLists ?? []);
  await folder.write("b.csv", csv(2));
  assert.equal(labelsOf(await folder.read()), "w1 w2");
});

Deno.test("walletsFrom takes a file that lost most of its wallets with --config.allow-shrink", async () => {
  await using folder = await makeFolder({ allowShrink: true });
  await folder.write("a.csv", csv(...ADDRESSES.keys()));
  await folder.read();
  await folder.write("a.csv", csv(1));
  assert.equal(labelsOf(await folder.read()), "w1");
});

Deno.test("walletsFrom rejects bad entries of a matched file as in any list, with its path and line", async () => {
  await using folder = await makeFolder();
  await folder.write("a.csv", `${csv(1, 2)}nobody,x\n`);
  for (const store of [folder.store, undefined]) {
    const config = await folder.read({ store });
    assert.equal(labelsOf(config), "w1 w2");
    assert.deepEqual(config.networks[0]?.rejected.map(({ address }) => address), ["nobody"]);
    const [problem] = config.problems;
    assert.deepEqual([problem?.severity, problem?.source, problem?.line], [
      "error",
      `${folder.path}/wallets.d/a.csv`,
      4,
    ]);
  }
});

Deno.test("walletsFrom reads an empty CSV file as a list without wallets, and an empty JSON file as a bad one", async () => {
  await using folder = await makeFolder();
  await folder.write("a.csv", "");
  await folder.write("b.json", "");
  const config = await folder.read({ walletsFrom: ["wallets.d/*.csv", "wallets.d/*.json"] });
  assert.deepEqual(problemsOf(config, folder), [
    "notice: The list wallets.d/a.csv is empty",
    "warning: Cannot read the list wallets.d/b.json: The list is empty",
  ]);
});

Deno.test("U11: walletsFrom reads as many files as one pattern may match, and reports that there are more", async () => {
  await using folder = await makeFolder();
  const names = Array.from({ length: MAX_MATCHING_FILES + 1 }, (_, index) => `${String(index).padStart(4, "0")}.csv`);
  for (const name of names) await folder.write(name, "");
  await folder.write("0999.csv", csv(1));
  await folder.write("1000.csv", csv(2));
  for (const store of [folder.store, undefined]) {
    const config = await folder.read({ store });
    assert.equal(labelsOf(config), "w1");
    assert.deepEqual(
      problemsOf(config, folder).filter((line) => line.startsWith("warning")),
      ["warning: Cannot read the list wallets.d/*.csv: 1001 files match, only the first 1000 are read"],
    );
  }
  assert.deepEqual(failedIn(await folder.read(), folder), ["wallets.d/*.csv"]);
});

Deno.test("U4: shards of a folder have each wallet exactly once", async () => {
  await using folder = await makeFolder();
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }), async (of, files) => {
      for (let file = 0; file < 3; file++) {
        const own = [...ADDRESSES.keys()].filter((index) => index % files === file);
        await folder.write(`${file}.csv`, own.length === 0 ? "" : csv(...own));
      }
      const parts: string[] = [];
      for (let index = 0; index < of; index++) {
        const store = createListStore(createFakeClock());
        const part = await folder.read({ shard: { index, of }, store });
        parts.push(...labelsOf(part).split(" ").filter((label) => label !== ""));
      }
      assert.deepEqual(parts.toSorted(), [...ADDRESSES.keys()].map((index) => `w${index}`).toSorted());
    }),
    { numRuns: 10 },
  );
});
