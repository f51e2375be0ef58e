import type { Graph } from "./module_graph.ts";

/** What every room may import besides itself and `util`. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  main: ["app"],
  app: ["cli", "version"],
  cli: [
    "config",
    "plan",
    "poller",
    "server",
    "systemd",
    "metrics",
    "pool",
    "strategies",
    "chains",
    "jsonrpc",
    "http",
    "version",
  ],
  systemd: ["poller"],
  server: ["metrics", "poller", "pool", "strategies", "chains", "jsonrpc", "plan", "version"],
  metrics: ["poller", "pool", "strategies", "chains", "jsonrpc", "plan", "version"],
  poller: ["pool", "strategies", "chains", "jsonrpc", "http", "plan"],
  pool: ["strategies", "chains", "jsonrpc", "http", "plan"],
  strategies: ["chains", "jsonrpc", "http", "plan"],
  chains: [],
  plan: ["config"],
  config: ["http", "version"],
  jsonrpc: ["http"],
  http: [],
  util: [],
  version: [],
};

/** Packages and who may use them. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "npm:@logtape/logtape": ["util"],
  "npm:bcryptjs": ["server"],
  "npm:csv-parse": ["config"],
  "npm:js-sha3": ["util"],
  "npm:jsonc-parser": ["config"],
  "npm:valibot": ["config"],
  "npm:yaml": ["config", "cli"],
  "npm:prom-client": ["metrics"],
  "npm:viem": ["strategies"],
};

/** The room of a file: `server` for `src/server/routes.ts`, `strategies` for `src/evm/strategies/ask.ts`. */
export function roomOf(file: string): string {
  return file.replace(/^src\/(evm\/)?/, "").replace(/\/.*$/, "").replace(/\.ts$/, "");
}

/**
 * Finds the imports that go the wrong way.
 *
 * @param graph files, from the repository's root, and what each imports
 * @returns such as `src/jsonrpc/post.ts → src/evm/pool/sweep.ts`
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
  return to.startsWith("src/util/") && room !== "main";
}
