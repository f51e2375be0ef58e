import type { Graph } from "./module_graph.ts";

/** What every room may import besides itself and the leaves. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  main: ["app"],
  app: ["cli"],
  cli: ["config", "lists", "make_plan", "plan", "watch", "web", "systemd", "metrics", "chain", "strategy", "rpc"],
  systemd: ["watch"],
  web: ["metrics", "watch", "chain", "strategy", "rpc", "plan"],
  metrics: ["watch", "chain", "strategy", "rpc", "plan"],
  watch: ["chain", "strategy", "rpc", "plan"],
  chain: ["strategy", "rpc", "plan"],
  strategy: ["rpc", "plan"],
  rpc: [],
  lists: ["config", "rpc"],
  make_plan: ["config", "plan"],
  plan: ["config"],
  config: [],
  log: ["redact"],
  describe_error: ["redact"],
  redact: ["encodings"],
  encodings: [],
  clock: [],
  denied_address: [],
  errors: [],
  version: [],
};

/** Used by all; the option table and the house's own texts are not among them. */
const LEAVES = ["log", "redact", "describe_error", "denied_address", "clock", "errors", "version"];

/** Packages and who may use them. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "npm:@logtape/logtape": ["log"],
  "npm:bcryptjs": ["web"],
  "npm:csv-parse": ["config"],
  "npm:js-sha3": ["config"],
  "npm:jsonc-parser": ["config"],
  "npm:valibot": ["config"],
  "npm:yaml": ["config", "cli"],
  "npm:prom-client": ["metrics"],
  "npm:viem": ["strategy"],
};

/** The room of a file: `web` for `src/web/routes.ts`, `log` for `src/log.ts`, `strategy` for `src/chain/strategy/ask.ts`. */
export function roomOf(file: string): string {
  return file.replace(/^src\/(chain\/(?=strategy\/))?/, "").replace(/\/.*$/, "").replace(/\.ts$/, "");
}

/**
 * Finds the imports that go the wrong way.
 *
 * @param graph files, from the repository's root, and what each imports
 * @returns such as `src/rpc/post.ts → src/chain/sweep.ts`
 */
export function wrongEdges(graph: Graph): readonly string[] {
  return [...graph].flatMap(([from, targets]) =>
    targets.filter((to) => !isAllowed(from, to)).map((to) => `${from} → ${to}`)
  );
}

function isAllowed(from: string, to: string): boolean {
  const room = roomOf(from);
  const below = BELOW[room];
  if (below === undefined) return false;
  if (to.startsWith("node:")) return true;
  if (to.startsWith("npm:")) return PACKAGES[to]?.includes(room) ?? false;
  const target = roomOf(to);
  if (target === room || below.includes(target)) return true;
  return to.startsWith("src/") && LEAVES.includes(target) && !LEAVES.includes(room) && room !== "main";
}
