import assert from "node:assert/strict";
import { roomOf, wrongEdges } from "./fakes/import_rules.ts";
import { type Graph, moduleGraph } from "./fakes/module_graph.ts";

const root = new URL("../", import.meta.url);

/** Every TypeScript file below a folder of the repository. */
function filesBelow(folder: string): readonly string[] {
  return [...Deno.readDirSync(new URL(folder, root))].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(`${folder}${name}/`) : name.endsWith(".ts") ? [`${folder}${name}`] : []
  );
}

/** The folders of src, and which others each imports; the files directly in src, as the program's top and its version, are their own. */
function foldersOf(graph: Graph): Graph {
  const folderOf = (file: string): string => /^src\/[^/]+$/.test(file) ? file : file.slice(0, file.lastIndexOf("/"));
  const folders = new Map<string, Set<string>>();
  for (const [file, targets] of graph) {
    const folder = folderOf(file);
    const known = folders.get(folder) ?? new Set();
    folders.set(folder, known);
    for (const to of targets) if (to.startsWith("src/") && folderOf(to) !== folder) known.add(folderOf(to));
  }
  return new Map([...folders].map(([folder, targets]) => [folder, [...targets]]));
}

/** The files on a way from a file back to itself, if there is one. */
function cycleIn(graph: Graph): readonly string[] | undefined {
  const done = new Set<string>();
  function visit(file: string, path: readonly string[]): readonly string[] | undefined {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next, [...path, file]);
      if (cycle !== undefined) return cycle;
    }
    done.add(file);
    return undefined;
  }
  for (const file of graph.keys()) {
    const cycle = visit(file, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

Deno.test("imports go one way, in no circle, and reach every file", async () => {
  const graph = await moduleGraph(root, "main.ts");
  assert.ok(graph.size > 50, `only ${graph.size} files were seen`);
  assert.deepEqual(wrongEdges(graph), []);
  assert.equal(cycleIn(graph), undefined);
  assert.equal(cycleIn(foldersOf(graph)), undefined, "folders that import each other");
  const reached = new Set([...graph.keys(), ...[...graph.values()].flat()]);
  assert.deepEqual(filesBelow("src/").filter((file) => !reached.has(file)), [], "files that nobody imports");
});

Deno.test("the rule of imports sees folders that import each other, although their files do not", () => {
  const graph: Graph = new Map([
    ["src/config/load.ts", ["src/config/v2/read.ts", "src/util/log.ts"]],
    ["src/config/v2/read.ts", ["src/config/lists/csv.ts"]],
    ["src/config/lists/store.ts", ["src/config/v2/schema.ts"]],
  ]);
  assert.equal(cycleIn(graph), undefined);
  assert.deepEqual(cycleIn(foldersOf(graph)), ["src/config/v2", "src/config/lists", "src/config/v2"]);
});

Deno.test("the rule of imports sees what goes the wrong way", () => {
  const wrong: readonly [string, string][] = [
    ["src/jsonrpc/post.ts", "src/evm/pool/poll_once.ts"],
    ["src/jsonrpc/post.ts", "src/config/model/config.ts"],
    ["src/http/deadline.ts", "src/jsonrpc/post.ts"],
    ["src/evm/pool/poll_once.ts", "src/poller/state.ts"],
    ["src/evm/strategies/strategy_selector.ts", "src/evm/pool/poll_once.ts"],
    ["src/poller/state.ts", "src/metrics/view.ts"],
    ["src/poller/poller.ts", "src/evm/pool/poll_once.ts"],
    ["src/assets/erc20.ts", "src/plan/plan.ts"],
    ["src/metrics/view.ts", "src/server/routes.ts"],
    ["src/config/model/config.ts", "src/plan/plan.ts"],
    ["src/util/log.ts", "src/cli/options.ts"],
    ["src/util/clock.ts", "src/version.ts"],
    ["src/server/routes.ts", "src/cli/options.ts"],
    ["src/cli/options.ts", "src/app.ts"],
    ["src/app.ts", "tests/fakes/random.ts"],
    ["src/poller/state.ts", "npm:prom-client"],
    ["src/metrics/view.ts", "npm:@logtape/logtape"],
    ["src/server/routes.ts", "npm:viem"],
    ["src/jsonrpc/post.ts", "npm:jsonc-parser"],
    ["src/nowhere/x.ts", "src/util/log.ts"],
  ];
  for (const [from, to] of wrong) {
    assert.deepEqual(wrongEdges(new Map([[from, [to]]])), [`${from} → ${to}`]);
  }
  const right: Graph = new Map([["src/server/routes.ts", [
    "src/jsonrpc/post.ts",
    "src/util/log.ts",
    "src/server/serve.ts",
  ]]]);
  assert.deepEqual(wrongEdges(right), []);
  assert.equal(roomOf("src/evm/pool/poll_once.ts"), "pool");
  assert.deepEqual(cycleIn(new Map([["a", ["b"]], ["b", ["c"]], ["c", ["b"]]])), ["b", "c", "b"]);
});
