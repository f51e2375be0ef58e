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
    "page",
    "status",
    "alertmanager",
    "systemd",
    "rules",
    "metrics",
    "model",
    "pool",
    "strategies",
    "chains",
    "jsonrpc",
    "http",
    "version",
  ],
  systemd: ["poller"],
  alertmanager: ["status", "metrics", "poller", "chains", "http", "plan", "rules"],
  status: ["metrics", "poller", "model", "assets", "chains", "jsonrpc", "plan", "version"],
  page: ["status", "metrics", "poller", "model", "chains", "plan", "version"],
  server: ["page", "status", "metrics", "poller", "model", "chains", "jsonrpc", "plan", "version"],
  metrics: ["poller", "model", "chains", "assets", "jsonrpc", "plan", "version"],
  poller: ["sources", "model", "chains", "assets", "jsonrpc", "http", "plan"],
  sources: ["pool", "model", "plan"],
  pool: ["strategies", "chains", "model", "assets", "jsonrpc", "http", "plan"],
  strategies: ["chains", "model", "assets", "jsonrpc", "http", "plan"],
  chains: ["assets"],
  model: ["plan", "assets", "jsonrpc", "http"],
  plan: ["config", "assets"],
  config: ["assets", "http", "version"],
  assets: ["jsonrpc"],
  jsonrpc: ["http"],
  http: ["version"],
  rules: [],
  util: [],
  version: [],
};

/** Packages and who may use them. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "npm:@logtape/logtape": ["util"],
  "npm:bcryptjs": ["server"],
  "npm:csv-parse": ["config"],
  "npm:js-sha3": ["assets", "util"],
  "npm:jsonc-parser": ["config"],
  "npm:valibot": ["config", "assets", "status"],
  "npm:yaml": ["config", "cli"],
  "npm:prom-client": ["metrics"],
  "npm:string-width": ["cli"],
  "npm:viem": ["strategies", "config"],
};

/** The room of a file: `server` for `src/server/routes.ts`, `strategies` for `src/evm/strategies/ask.ts`. */
export function roomOf(file: string): string {
  return file.replace(/^src\/(evm\/)?/, "").replace(/\/.*$/, "").replace(/\.ts$/, "");
}

/**
 * Finds the imports that go the wrong way.
 *
 * @param graph files, from the repository's root, and what each imports
 * @returns such as `src/jsonrpc/post.ts → src/evm/pool/poll_once.ts`
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
