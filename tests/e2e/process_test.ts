import assert from "node:assert/strict";
import manifest from "../../deno.json" with { type: "json" };
import { runProgram, startExporter } from "../program/exporter.ts";
import { PATIENCE, until } from "../program/until.ts";

const CONFIG = '{"http://127.0.0.1:18999":[{"address":"0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045","label":"w"}]}';

/** What a person must never see. */
function assertKind(stderr: string): void {
  assert.doesNotMatch(stderr, /^\s+at /m, "a stack trace");
  assert.doesNotMatch(stderr, /Uncaught|\[object Object\]|undefined/);
}

const refused = [
  {
    name: "an unknown flag",
    args: ["--intervall=5"],
    env: {},
    code: 2,
    says: /Unknown flag "--intervall"\nDid you mean --interval\?/,
  },
  {
    name: "an unknown command",
    args: ["chek"],
    env: {},
    code: 2,
    says: /Unknown command "chek"\nDid you mean check\?/,
  },
  { name: "a flag without its value", args: ["--interval"], env: {}, code: 2, says: /--interval needs a value/ },
  { name: "a bad flag", args: ["--interval=soon"], env: {}, code: 2, says: /--interval=soon: invalid duration/ },
  {
    name: "a bad variable",
    args: [],
    env: { CHECK_INTERVAL: "0" },
    code: 1,
    says: /CHECK_INTERVAL="0": shorter/,
  },
  {
    name: "a bad level",
    args: [],
    env: { LOG_LEVEL: "loud" },
    code: 1,
    says: /LOG_LEVEL="loud": expected one of debug/,
  },
  {
    name: "no configuration",
    args: [],
    env: {},
    code: 1,
    says: /No configuration is given\nName a file with --config.file/,
  },
  {
    name: "a missing file",
    args: ["--config.file=/nowhere/x"],
    env: {},
    code: 1,
    says: /Cannot read .*\/nowhere\/x: it does not exist/,
  },
  { name: "a directory", args: ["--config.file=."], env: {}, code: 1, says: /Cannot read .*: it is a directory/ },
  {
    name: "strict and a bad entry",
    args: ["--config.strict"],
    env: { WALLET_CONFIG: '{"x":[]}' },
    code: 1,
    says: /--config\.strict refuses the configuration/,
  },
  {
    name: "an address of another machine",
    args: ["--web.listen-address=192.0.2.1:8080"],
    env: { WALLET_CONFIG: CONFIG },
    code: 70,
    says: /Cannot listen on 192\.0\.2\.1/,
  },
] as const;

for (const { name, args, env, code, says } of refused) {
  Deno.test(`the program rejects ${name} with exit code ${code} and one message`, async () => {
    const ended = await runProgram(args, env);
    assert.match(ended.stderr, says);
    assertKind(ended.stderr);
    assert.equal(ended.code, code);
    assert.equal(ended.stdout, "");
  });
}

Deno.test("the program exits with 70 and a message if its port is in use", async () => {
  const taken = Deno.listen({ hostname: "::", port: 0 });
  try {
    const port = taken.addr.transport === "tcp" ? taken.addr.port : 0;
    const ended = await runProgram([], { WALLET_CONFIG: CONFIG, METRICS_PORT: `${port}` });
    assert.match(ended.stderr, new RegExp(`Port ${port} is in use by another program\nStop the other program`));
    assertKind(ended.stderr);
    assert.equal(ended.code, 70);
  } finally {
    taken.close();
  }
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`G3: ${signal} during a poll ends the program before the poll ends, with exit code 0`, async () => {
    const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const asked = silent.accept();
    const port = silent.addr.transport === "tcp" ? silent.addr.port : 0;
    const env = { WALLET_CONFIG: CONFIG.replace("18999", `${port}`), RPC_TIMEOUT: "10m", CHECK_INTERVAL: "1h" };
    const exporter = startExporter(env);
    const connection = await asked;
    const inTime = await exporter.terminate(PATIENCE, signal);
    connection.close();
    silent.close();
    const { code, stderr } = await exporter.ended;
    assert.ok(inTime, "it waited for the node");
    assert.equal(code, 0);
    assert.match(stderr, /msg=Stopped/);
    assertKind(stderr);
  });
}

Deno.test("--version, version and --help print their text, whatever the environment", async () => {
  const env = { CHECK_INTERVAL: "nonsense", METRICS_PORT: "nonsense" };
  for (const args of [["--version"], ["version"]]) {
    const { code, stdout } = await runProgram(args, env);
    assert.equal(code, 0);
    const built = stdout.replace(`wallet-balance-exporter ${manifest.version} `, "");
    // From source, and of a tree without a repository, no commit is known.
    const expected = /^\(revision (unknown|[0-9a-f]{40}(-dirty)?), Deno \S+, \w+ \w+\)\n$/;
    assert.match(built, expected);
  }
  for (const args of [["--help"], ["-h"], ["check", "--help"]]) {
    const { code, stdout } = await runProgram(args, env);
    assert.equal(code, 0);
    assert.match(stdout, /--config\.file=PATH/);
  }
});

Deno.test("healthcheck returns whether the exporter runs, and ignores the proxy for nodes", async () => {
  const exporter = startExporter({ WALLET_CONFIG: "{}" });
  const env = { METRICS_PORT: `${exporter.port}`, HTTP_PROXY: "http://127.0.0.1:9" };
  try {
    await listening(exporter.port);
    const well = await runProgram(["healthcheck"], env);
    assert.deepEqual([well.code, well.stdout], [0, "ok\n"]);
    const named = await runProgram(["healthcheck", `--url=http://127.0.0.1:${exporter.port}/nothing`], {
      NO_PROXY: "*",
    });
    assert.equal(named.code, 1);
    assert.match(named.stderr, /The exporter returned 404/);
  } finally {
    await exporter.terminate(PATIENCE);
  }
  const gone = await runProgram(["healthcheck"], env);
  assert.equal(gone.code, 1);
  assert.match(gone.stderr, /Cannot connect to http:\/\/127\.0\.0\.1:\d+\/-\/healthy/);
  assertKind(gone.stderr);
});

Deno.test("the exporter serves everything below the path of its external URL, which healthcheck knows", async () => {
  const prefixed = { WEB_EXTERNAL_URL: "https://monitoring.example.org/balances/" };
  const exporter = startExporter({ ...prefixed, WALLET_CONFIG: "{}" });
  try {
    const statusOf = async (path: string): Promise<number | undefined> => {
      const response = await get(exporter.port, path);
      await response?.body?.cancel();
      return response?.status;
    };
    await until("it listens", async () => await statusOf("/balances/-/healthy") === 200);
    assert.equal(await statusOf("/balances/metrics"), 200);
    assert.equal(await statusOf("/metrics"), 404);
    const root = await fetch(`http://127.0.0.1:${exporter.port}/`);
    assert.equal(new URL(root.url).pathname, "/balances/");
    assert.match(await root.text(), /<a href="\/balances\/metrics">/);
    const well = await runProgram(["healthcheck"], { ...prefixed, METRICS_PORT: `${exporter.port}` });
    assert.deepEqual([well.code, well.stdout], [0, "ok\n"]);
  } finally {
    await exporter.terminate(PATIENCE);
  }
  assert.match((await exporter.ended).stderr, /url=\S*\/balances\/metrics/);
});

Deno.test("a failing network is logged once, whatever the number of polls", async () => {
  const exporter = startExporter({ WALLET_CONFIG: CONFIG, CHECK_INTERVAL: "1" });
  await listening(exporter.port);
  await pollsEnded(exporter.port, 3);
  await exporter.terminate(PATIENCE);
  const { stderr } = await exporter.ended;
  assert.equal(stderr.match(/Network cannot be read/g)?.length, 1, stderr);
});

async function listening(port: number): Promise<void> {
  await until("it listens", async () => (await get(port, "/-/healthy"))?.status === 200);
}

async function pollsEnded(port: number, count: number): Promise<void> {
  await until(`${count} polls`, async () => {
    const page = await (await get(port, "/metrics"))?.text() ?? "";
    return Number(/rpc_requests_total\{.*\} (\d+)/.exec(page)?.[1] ?? 0) >= count;
  });
}

async function get(port: number, path: string): Promise<Response | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return new Response(await response.text(), { status: response.status });
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
