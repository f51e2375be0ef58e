import assert from "node:assert/strict";
import { systemClock } from "../../src/util/clock.ts";
import { type Exporter, startExporter } from "../program/exporter.ts";
import { exporterCommand, ROOT } from "../program/exporter_command.ts";
import { deadPort, freePort } from "../program/free_port.ts";
import { until } from "../program/until.ts";
import { firstPoll, pageWhere } from "../program/wait_for_poll.ts";
import { http, startTcpServer } from "../fakes/tcp_server.ts";
import { accountsOf } from "../fakes/open_pool.ts";
import { replyFault, startFaultServer } from "./fault_server.ts";
import { startWatching, startWorld, WALLETS } from "./rig.ts";

const WALLET = [{ address: "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045", label: "w", min_balance_eth: 1 }];

/** The value of a family's only series with a label text, or the sum of all that have it. */
async function metric(port: number, name: string, labels = ""): Promise<number> {
  const page = await (await fetch(`http://127.0.0.1:${port}/metrics?name[]=${name}`)).text();
  const lines = page.split("\n").filter((line) => line.startsWith(`${name}{`) && line.includes(labels));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}

/** Waits for so many cycles of all networks. */
async function afterCycles(exporter: Exporter, cycles: number): Promise<void> {
  const ends = new Set<number>();
  await pageWhere(exporter, (text) => {
    const end = /^wallet_balance_exporter_last_check_timestamp\{.*\} (\S+)$/m.exec(text)?.[1];
    return end !== undefined && ends.add(Number(end)).size >= cycles;
  });
}

function isReason(port: number, reason: string): () => Promise<boolean> {
  return async () => await metric(port, "wallet_balance_exporter_rpc_errors_total", `reason="${reason}"`) > 0;
}

Deno.test("A2: a name that does not resolve is reported as dns", async () => {
  const config = JSON.stringify({ "http://no-such-host.invalid/": WALLET });
  const exporter = startExporter({ WALLET_CONFIG: config, CHECK_INTERVAL: "1" });
  try {
    await firstPoll(exporter);
    await until("the reason dns", isReason(exporter.port, "dns"));
  } finally {
    await exporter.terminate(2000);
  }
});

Deno.test("A15: a proxy that is down, or wants a password, is reported as proxy and not as the node behind it", async () => {
  const config = JSON.stringify({ "http://node.example/": WALLET });
  await using refusing = startTcpServer(http(() => Promise.resolve(new Response("", { status: 407 }))));
  for (const proxy of [`http://127.0.0.1:${deadPort()}`, refusing.url]) {
    const exporter = startExporter({ WALLET_CONFIG: config, CHECK_INTERVAL: "1", HTTP_PROXY: proxy });
    try {
      await firstPoll(exporter);
      await until("the reason proxy", isReason(exporter.port, "proxy"));
    } finally {
      await exporter.terminate(2000);
    }
    assert.match((await exporter.ended).stderr, /Using a proxy for requests to nodes/, "it is not shown at the start");
  }
});

Deno.test("G1: a node slower than the interval never gets two requests at once", async () => {
  let open = 0;
  let most = 0;
  let asked = 0;
  await using node = startTcpServer(async ({ receive, end }) => {
    asked++;
    most = Math.max(most, ++open);
    await receive();
    await end();
    open--;
  });
  const config = JSON.stringify({ [node.url]: WALLET });
  const exporter = startExporter({ WALLET_CONFIG: config, CHECK_INTERVAL: "1" });
  try {
    await until("it is asked again and again", () => asked > 3);
    assert.equal(most, 1);
  } finally {
    await exporter.terminate(2000);
  }
});

Deno.test("G2: a hundred endpoints that all fail get few requests, and few log lines", async () => {
  const config = JSON.stringify(
    Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`http://127.0.0.1:${deadPort()}/n${index}`, WALLET])),
  );
  const started = performance.now();
  const exporter = startExporter({ WALLET_CONFIG: config, CHECK_INTERVAL: "5" });
  try {
    await afterCycles(exporter, 3);
    const page = await (await fetch(`http://127.0.0.1:${exporter.port}/metrics`)).text();
    const seconds = (performance.now() - started) / 1000;
    const requests = [...page.matchAll(/^wallet_balance_exporter_rpc_requests_total\{.*\} (\d+)$/gm)];
    assert.equal(requests.length, 100);
    // Two attempts in the first cycle, then a probe an interval at most.
    for (const [series, count] of requests) {
      assert.ok(Number(count) <= 2 + seconds / 5, `${series}: ${count} requests in ${seconds.toFixed(0)} s`);
    }
  } finally {
    await exporter.terminate(2000);
  }
  const lines = (await exporter.ended).stderr.match(/Network cannot be read/g)?.length ?? 0;
  assert.ok(lines <= 100, `${lines} lines of 100 networks`);
});

Deno.test("G6: 2,000 wallets are watched within the memory of a small container", async () => {
  const wallets = 2000;
  await using world = await startWorld({ wallets });
  const entries = accountsOf(wallets).map((address, index) => ({ address, label: `w${index}`, min_balance_eth: 1 }));
  const file = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(file, JSON.stringify({ [world.anvil.url]: entries }));
  const exporter = startExporter({ WALLET_CONFIG_FILE: file, CHECK_INTERVAL: "1" });
  try {
    await afterCycles(exporter, 4);
    const mebibytes = await metric(exporter.port, "process_resident_memory_bytes") / 2 ** 20;
    // From source, with the compiler's own share; the container's limit is checked with the binary.
    assert.ok(mebibytes <= 192, `${mebibytes.toFixed(0)} MiB`);
  } finally {
    await exporter.terminate(2000);
    await Deno.remove(file);
  }
});

Deno.test("G7: an exporter without file descriptors reads nothing, and recovers when there are some", async () => {
  await using world = await startWorld();
  const config = JSON.stringify({ [world.anvil.url]: WALLET });
  const port = freePort();
  const child = new Deno.Command("bash", {
    args: ["-c", `ulimit -n 40; exec "$@"`, "bash", ...exporterCommand()],
    cwd: ROOT,
    env: { WALLET_CONFIG: config, CHECK_INTERVAL: "1", METRICS_PORT: String(port), NO_COLOR: "1" },
    stdout: "null",
    stderr: "null",
  }).spawn();
  const held: Deno.TcpConn[] = [];
  try {
    const success = (): Promise<number> => metric(port, "wallet_balance_check_success").catch(() => -1);
    await until("the first balance", async () => await success() === 1);
    const requests = (): Promise<number> => metric(port, "wallet_balance_exporter_rpc_requests_total");
    // Whoever holds all descriptors leaves none for a new connection to the node, once the old one is given up.
    for (let index = 0; index < 40; index++) {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => undefined);
      if (connection === undefined) break;
      held.push(connection);
    }
    await systemClock.sleep(2500);
    for (const connection of held.splice(0)) connection.close();
    await until("a balance again", async () => await success() === 1);
    const before = await requests();
    await until("more requests", async () => await requests() > before);
  } finally {
    for (const connection of held) connection.close();
    child.kill("SIGTERM");
    await child.status;
  }
});

Deno.test("G8: an event loop that was blocked for two seconds times out no received answer", async () => {
  await using world = await startWorld();
  using watching = startWatching([`${world.anvil.url}/`], { timeout: 500 });
  await watching.cycle();
  await world.oracle.spend();
  const cycle = watching.cycle();
  await systemClock.sleep(0);
  for (const end = performance.now() + 2000; performance.now() < end;) Math.sqrt(2);
  await cycle;
  assert.deepEqual([...watching.reasons()], []);
  assert.equal(world.oracle.check(watching.accounts), WALLETS);
  assert.equal(watching.accounts[0]?.reading?.block?.number, world.oracle.newest.number);
});

Deno.test("G5: an internal error during a poll is logged without secrets, and polling goes on", async () => {
  await using world = await startWorld();
  await using server = startFaultServer(world.anvil.url);
  server.plan = replyFault({ status: 200, body: `{"jsonrpc":"2.0","id":1,"result":{"__proto__":null,"toString":1}}` });
  const config = JSON.stringify({ [`${server.url}v2/pl4nted-S3cret`]: WALLET });
  const exporter = startExporter({ WALLET_CONFIG: config, CHECK_INTERVAL: "1" });
  try {
    await firstPoll(exporter);
    assert.equal(exporter.hasEnded(), false);
    server.plan = { fault: { kind: "none" } };
    await until("a balance", async () => await metric(exporter.port, "wallet_balance_check_success") === 1);
  } finally {
    await exporter.terminate(2000);
  }
  assert.doesNotMatch((await exporter.ended).stderr, /pl4nted/);
});
