import assert from "node:assert/strict";
import { onceCommand } from "../../src/cli/once_command.ts";
import { onceCsv, onceJson, onceTable } from "../../src/cli/once_output.ts";
import { onceRows, shortBalance } from "../../src/cli/once_rows.ts";
import { pushUrl } from "../../src/cli/push.ts";
import { parseSettings } from "../../src/cli/parse_settings.ts";
import { readConfig } from "../../src/config/read_config.ts";
import { ExitError } from "../../src/util/errors.ts";
import { scrub } from "../../src/util/redact.ts";
import { makePlan } from "../../src/plan/make_plan.ts";
import { type AccountState, createStateStore, type StateStore, UNKNOWN } from "../../src/poller/state.ts";
import { startFakeNode } from "../fakes/fake_node.ts";
import { catchLog } from "../fakes/log_lines.ts";
import { createFakeClock } from "../fakes/fake_clock.ts";
import { addressOf, networkAt, planOf, setState } from "../fakes/watched.ts";

const USDC = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";
const CONFIG = `version: 2
networks:
  - name: main
    endpoints: [http://node]
    tokens: [{ symbol: USDC, address: "${USDC}", wallets: named }]
    wallets:
      - { address: "${
  addressOf(1)
}", label: fine, thresholds: { minimum: 1, target: 9 }, tokens: { USDC: { minimum: "0.1" } } }
      - { address: "${addressOf(2)}", label: 'a "b", c', thresholds: { critical: 1, minimum: 2, warning: 3 } }
`;

function read(wei: bigint): AccountState {
  return {
    ...UNKNOWN,
    reading: { amount: wei, block: { number: 7n, time: 1_600_000_000 }, at: 1_700_000_000, readAt: 0 },
    attempted: true,
  };
}

async function store(): Promise<StateStore> {
  const plan = makePlan(await readConfig(CONFIG, "test", { env: () => undefined, file: undefined }));
  return createStateStore(plan, createFakeClock());
}

Deno.test("onceRows() returns the state of every balance by its most severe threshold", async () => {
  const made = await store();
  const network = networkAt(made, 0);
  const statesOf = (): readonly string[] =>
    onceRows(made, createFakeClock()).map(({ state, reason = "" }) => `${state} ${reason}`.trim());
  assert.deepEqual(statesOf(), ["not read missing", "not read missing", "not read missing"]);
  network.decimals = new Map([[USDC, 6]]);
  for (const [place, amount] of [10n ** 18n, 3n * 10n ** 18n, 99_999n].entries()) {
    setState(network, place, read(amount));
  }
  assert.deepEqual(statesOf(), ["ok", "below minimum", "ok"]);
  const [, token] = onceRows(made, createFakeClock());
  assert.deepEqual([token?.asset, token?.balance, token?.wei, token?.thresholds], [
    "USDC",
    "0.099999",
    "99999",
    { minimum: "0.1" },
  ]);
  for (const [coins, state] of [[29n, "warning"], [19n, "below minimum"], [9n, "critical"]] as const) {
    setState(network, 1, read(coins * 10n ** 17n));
    assert.equal(statesOf()[2], state);
  }
  setState(network, 1, { ...UNKNOWN, attempted: true, failure: "timeout" });
  assert.equal(statesOf()[2], "not read timeout");
  network.decimals = new Map();
  assert.equal(statesOf()[1], "not read missing");
});

Deno.test("onceTable(), onceCsv() and onceJson() format the same rows", async () => {
  const made = await store();
  for (const [place, amount] of [10n ** 18n + 1n, 1n].entries()) setState(networkAt(made, 0), place, read(amount));
  const rows = onceRows(made, createFakeClock()).filter(({ token }) => token === undefined);
  assert.equal(
    onceTable(rows, false),
    [
      "NETWORK  LABEL     ADDRESS                                       BALANCE  ASSET  MINIMUM  STATE",
      `main     a "b", c  ${addressOf(2)}  <0.000001  -            2  critically low`,
      `main     fine      ${addressOf(1)}          1  -            1  fine`,
    ].join("\n"),
  );
  assert.ok(onceTable(rows, true).includes("  2  \x1b[31;1mcritically low\x1b[0m\n"));
  assert.equal(
    onceCsv(rows),
    [
      "network,label,address,asset,token,balance,wei,minimum,state,reason,block,block_time",
      `main,fine,${addressOf(1)},,,1.000000000000000001,1000000000000000001,1,ok,,7,1600000000`,
      `main,"a ""b"", c",${addressOf(2)},,,0.000000000000000001,1,2,critical,,7,1600000000`,
    ].join("\r\n"),
  );
  const { time, balances } = JSON.parse(onceJson(rows, 5));
  assert.deepEqual([time, balances.length, balances[1].wei, balances[1].block], [5, 2, "1", 7]);
  assert.deepEqual(["0", "1.5", "0.0000001", "12.3456789", "100"].map(shortBalance), [
    "0",
    "1.5",
    "<0.000001",
    "12.345678",
    "100",
  ]);
});

Deno.test("onceTable() and onceJson() have the time left of balances whose past was read", async () => {
  const made = await store();
  const network = networkAt(made, 0);
  for (const place of [0, 1]) setState(network, place, read(2n * 10n ** 18n));
  const rowsOf = (): ReturnType<typeof onceRows> =>
    onceRows(made, createFakeClock()).filter(({ token }) => token === undefined);
  assert.doesNotMatch(onceTable(rowsOf(), false), /LEFT/);
  const [account, other] = network.plan.accounts;
  assert.ok(account !== undefined && other !== undefined);
  for (const each of [account, other]) network.history.add(each, 0, 0n);
  network.history.addPast(-3_600_000, [[account, -(10n ** 18n) / 4n], [other, 5n]]);
  assert.match(
    onceTable(rowsOf(), false),
    /MINIMUM +LEFT +STATE\n.*"b", c.* 2 +- +below warning\nmain +fine .* 1 +8 h +fine/,
  );
  const [fine, idle] = JSON.parse(onceJson(rowsOf(), 5)).balances;
  assert.equal(Math.round(fine.secondsToEmpty), 8 * 3600);
  assert.ok(!("secondsToEmpty" in idle));
});

Deno.test("onceTable() has the order and the words of the page, CSV and JSON keep the order of the plan", async () => {
  const wallet = (index: number, label: string, thresholds: string): string =>
    `\n      - { address: "${addressOf(index)}", label: ${label}, thresholds: ${thresholds} }`;
  const text = `version: 2
networks:
  - name: main
    endpoints: [http://node]
    tokens: [{ symbol: USDC, address: "${USDC}", wallets: named, decimals: 6 }]
    wallets:${wallet(1, "good", "{ minimum: 1 }")}${wallet(2, "lost", "{ minimum: 1 }")}${
    wallet(3, "near", "{ minimum: 1, warning: 7 }")
  }${wallet(4, "low", "{ minimum: 6 }")}${wallet(5, "almost-empty", "{ minimum: 24 }")}
      - { address: "${addressOf(6)}", label: token, tokens: { USDC: { minimum: 9 } } }`;
  const plan = makePlan(await readConfig(text, "test", { env: () => undefined, file: undefined }));
  const clock = createFakeClock();
  const made = createStateStore(plan, clock);
  const coins = (count: bigint): AccountState => read(count * 10n ** 18n);
  const states = [coins(5n), { ...UNKNOWN, attempted: true, failure: "timeout" } as const];
  for (const [place, state] of [...states, coins(5n), coins(5n), coins(5n), coins(5n), read(5_000_000n)].entries()) {
    setState(networkAt(made, 0), place, state);
  }
  networkAt(made, 0).decimals = new Map([[USDC, 6]]);
  const rejecting = planOf({ "http://node": [{ address: "nobody", label: "wrong" }] });
  const rows = [...onceRows(made, clock), ...onceRows(createStateStore(rejecting, clock), clock)];
  const shown = onceTable(rows).split("\n").slice(1).map((line) => line.replace(/ +\S+ +(5|-) /, " ").split(/ {2,}/));
  assert.deepEqual(shown.map((cells) => [cells[1], cells.at(-1)]), [
    ["almost-empty", "critically low"],
    ["low", "below minimum"],
    ["token", "fine"],
    ["token", "below minimum"],
    ["near", "below warning"],
    ["lost", "cannot be read: timeout"],
    ["wrong", "rejected: configuration"],
    ["good", "fine"],
  ]);
  const kept = ["good", "lost", "near", "low", "almost-empty", "token", "token", "wrong"];
  assert.deepEqual(onceCsv(rows).split("\r\n").slice(1).map((line) => line.split(",")[1]), kept);
  const { balances } = JSON.parse(onceJson(rows, 5));
  assert.deepEqual(balances.map(({ label }: { label: string }) => label), kept);
  // A quarter of the minimum is critical for people; for programs the thresholds of the configuration count.
  assert.deepEqual([balances[4].state, "condition" in balances[4], "urgency" in balances[4]], [
    "below minimum",
    false,
    false,
  ]);
});

Deno.test("onceTable() names a balance above its maximum without a colour, and CSV and JSON call it ok", async () => {
  const text = `version: 2
networks:
  - name: main
    endpoints: [http://node]
    wallets:
      - { address: "${addressOf(1)}", label: exact, thresholds: { maximum: 5 } }
      - { address: "${addressOf(2)}", label: rich, thresholds: { minimum: 1, maximum: 4 } }`;
  const plan = makePlan(await readConfig(text, "test", { env: () => undefined, file: undefined }));
  const clock = createFakeClock();
  const made = createStateStore(plan, clock);
  for (const place of [0, 1]) setState(networkAt(made, 0), place, read(5n * 10n ** 18n));
  const rows = onceRows(made, clock);
  assert.deepEqual(onceTable(rows, true).split("\n").slice(1).map((line) => line.split(/ {2,}/).at(-1)), [
    "above maximum",
    "fine",
  ]);
  assert.deepEqual(rows.map(({ state, thresholds }) => [state, thresholds]), [
    ["ok", { maximum: "5" }],
    ["ok", { minimum: "1", maximum: "4" }],
  ]);
});

Deno.test("pushUrl() adds a grouping key to a URL without one, whatever the names", () => {
  const group = { release: "a/b", namespace: "", shard: { index: 0, of: 4 } };
  const { href } = pushUrl("http://gateway:9091/prefix/", group).reveal();
  assert.equal(
    href,
    "http://gateway:9091/prefix/metrics/job/wallet-balance-exporter/namespace@base64/=/release@base64/YS9i/shard/0-of-4",
  );
  const plain = { release: "rel", namespace: "ns", shard: undefined };
  assert.equal(
    pushUrl("http://gateway:9091", plain).reveal().href,
    "http://gateway:9091/metrics/job/wallet-balance-exporter/namespace/ns/release/rel",
  );
  const own = "http://gateway:9091/metrics/job/cron/instance/box";
  assert.equal(pushUrl(own, plain).reveal().href, own);
  assert.throws(() => pushUrl("http://metadata/", plain), ExitError);
  const dots = pushUrl("http://gateway:9091", { ...plain, namespace: "..", release: "." }).reveal().href;
  assert.ok(dots.endsWith("/namespace@base64/Li4=/release@base64/Lg=="), dots);
  // The labels of a key are no secrets, and are printed as well.
  const address = addressOf(7).replaceAll("0", "a");
  pushUrl(`http://gateway:9091/s3cret-Path-0123456789/metrics/job/cron/instance/${address}`, plain);
  assert.equal(scrub(`${address} s3cret-Path-0123456789`), `${address} ***`);
});

/** Runs the command in this process. */
async function once(args: readonly string[], text: string): Promise<readonly [code: number, printed: string]> {
  const invocation = parseSettings(["once", ...args], (name) => name === "WALLET_CONFIG" ? text : undefined);
  assert.ok("settings" in invocation);
  const lines: string[] = [];
  const output = { out: (line: string) => void lines.push(line), err: (line: string) => void lines.push(line) };
  return [await onceCommand(invocation.settings, output, new AbortController().signal), lines.join("\n")];
}

Deno.test("onceCommand() prints in every format, pushes, and returns the exit code of the state", async () => {
  using _log = catchLog();
  await using node = startFakeNode({ overrides: true, balances: new Map([[addressOf(1), 10n ** 18n]]) });
  const config = (minimum: number): string =>
    JSON.stringify({ [node.url]: [{ address: addressOf(1), label: "w", min_balance_eth: minimum }] });
  assert.match((await once([], config(1)))[1], /^127 +w .* 1 +ETH +1 +fine$/m);
  assert.equal((await once(["--output=csv"], config(2)))[0], 4);
  assert.equal(JSON.parse((await once(["--output=json"], config(1)))[1]).balances.length, 1);
  const [, page] = await once(["--output=prometheus"], config(1));
  assert.match(page, /^wallet_balance_eth\{.*\} 1$/m);
  assert.doesNotMatch(page, /_spent_|_received_eth|process_/);
  const pushed: string[] = [];
  await using gateway = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    pushed.push(`${request.method} ${new URL(request.url).pathname} ${request.headers.get("authorization")}`);
    return new Response(await request.text() === `${page}\n` ? "" : "", { status: 202 });
  });
  const [code, printed] = await once([`--push=http://ann:pw@127.0.0.1:${gateway.addr.port}`], config(1));
  assert.deepEqual([code, printed], [0, ""]);
  const key = "/metrics/job/wallet-balance-exporter/namespace/default/release/wallet-balance-exporter";
  assert.deepEqual(pushed, [`PUT ${key} Basic ${btoa("ann:pw")}`]);
  assert.equal(
    (await once([], JSON.stringify({ "http://127.0.0.1:1/": [{ address: addressOf(1), label: "w" }] })))[0],
    3,
  );
});

Deno.test("onceCommand() returns 3 if a wallet list cannot be fetched or read, and throws if pushing fails", async () => {
  using _log = catchLog();
  await using node = startFakeNode({ overrides: true });
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response("no s3cret", { status: 500 }),
  );
  const list = `http://127.0.0.1:${server.addr.port}/`;
  const text = `{"version":2,"networks":[{"name":"a","endpoints":["${node.url}"],"walletsFrom":"${list}"}]}`;
  assert.equal((await once([], text))[0], 3);
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/good.csv`, `address,label\n${addressOf(1)},w\n`);
  const matched = text.replace(list, `${folder}/*.csv`);
  assert.equal((await once([], matched))[0], 0);
  await Deno.writeTextFile(`${folder}/bad.csv`, "<html>");
  assert.equal((await once([], matched))[0], 3);
  await Deno.remove(folder, { recursive: true });
  await assert.rejects(
    once([`--push=${list}`], JSON.stringify({ [node.url]: [{ address: addressOf(1), label: "w" }] })),
    (error) => error instanceof ExitError && error.exitCode === 70 && /HTTP 500: no s3cret/.test(error.message),
  );
});

Deno.test("M13: onceCommand() returns 4 if a balance is low, even if another could not be read", async () => {
  using _log = catchLog();
  await using node = startFakeNode({ overrides: true, balances: new Map([[addressOf(1), 10n ** 18n]]) });
  const low = { address: addressOf(1), label: "w", min_balance_eth: 2 };
  assert.equal((await once([], JSON.stringify({ [node.url]: [low, { address: "typo", label: "t" }] })))[0], 4);
  const down = { "http://127.0.0.1:1/": [{ address: addressOf(2), label: "w" }] };
  assert.equal((await once([], JSON.stringify({ [node.url]: [low], ...down })))[0], 4);
});

Deno.test("onceCommand() returns 0 if all that is low or cannot be read is muted", async () => {
  using _log = catchLog();
  await using node = startFakeNode({ overrides: true, balances: new Map([[addressOf(1), 10n ** 18n]]) });
  const text = (mute: string): string =>
    `version: 2
networks:
  - { name: a, endpoints: ["${node.url}"], wallets: [{ address: "${
      addressOf(1)
    }", label: w, min_balance_eth: 2${mute} }] }
  - { name: b, endpoints: ["http://127.0.0.1:59999/"], wallets: [{ address: "${addressOf(2)}", label: w${mute} }] }
`;
  assert.equal((await once([], text(", mute: { until: 9999-01-01, reason: x }")))[0], 0);
  assert.equal((await once([], text(", mute: { until: 2001-01-01, reason: over }")))[0], 4);
});

Deno.test("M13: onceCommand() refuses a configuration without wallets and pushes nothing", async () => {
  using _log = catchLog();
  let pushed = 0;
  await using gateway = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => {
    pushed++;
    return new Response("");
  });
  for (const text of ["{}", '{"http://localhost:8545": []}', "version: 2\nnetworks: []"]) {
    await assert.rejects(
      once([`--push=http://127.0.0.1:${gateway.addr.port}`], text),
      (error) => error instanceof ExitError && error.exitCode === 1 && /has no wallets/.test(error.message),
    );
  }
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => new Response("[]"));
  const empty =
    `version: 2\nnetworks: [{ name: m, endpoints: ["http://localhost:8545"], walletsFrom: "http://127.0.0.1:${server.addr.port}/" }]`;
  await assert.rejects(once([], empty), /has no wallets/);
  await assert.rejects(once(["--shard=0/4"], "{}"), /has no wallets/);
  assert.equal(pushed, 0);
});

Deno.test("M13: onceCommand() returns 0 in a shard without wallets", async () => {
  using _log = catchLog();
  await using node = startFakeNode({ overrides: true });
  const text = JSON.stringify({ [node.url]: [{ address: addressOf(1), label: "w" }] });
  const codes: number[] = [];
  for (const shard of ["0/2", "1/2"]) codes.push((await once([`--shard=${shard}`], text))[0]);
  assert.deepEqual(codes, [0, 0]);
});
