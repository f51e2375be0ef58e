import assert from "node:assert/strict";
import { OPTIONS, type Settings } from "../../src/cli/options.ts";
import { parseSettings } from "../../src/cli/parse_settings.ts";
import { ExitError } from "../../src/errors.ts";

function settingsOf(args: readonly string[], env: Readonly<Record<string, string>> = {}): Settings {
  const invocation = parseSettings(args, (name) => env[name]);
  if (!("settings" in invocation)) throw new Error("No settings were read");
  return invocation.settings;
}

function refusal(args: readonly string[], env: Readonly<Record<string, string>> = {}): ExitError {
  try {
    settingsOf(args, env);
  } catch (error) {
    if (error instanceof ExitError) return error;
    throw error;
  }
  throw new Error("It was accepted");
}

/** For every option: a text, and the value it stands for. */
const SAMPLES: { readonly [K in keyof Settings]: readonly [string, Settings[K]] } = {
  webConfig: ["/etc/web.yml", "/etc/web.yml"],
  mostRequests: ["7", 7],
  output: ["csv", "csv"],
  push: ["http://gateway:9091/", "http://gateway:9091/"],
  configText: ["{}", "{}"],
  configFile: ["/a/b", "/a/b"],
  strict: ["true", true],
  shard: ["1/4", { index: 1, of: 4 }],
  interval: ["15s", 15_000],
  staleAfter: ["0", 0],
  timeout: ["2s", 2000],
  listenAddress: ["[::1]:9000", { hostname: "::1", port: 9000 }],
  port: ["9000", 9000],
  telemetryPath: ["/x", "/x"],
  release: ["rel", "rel"],
  namespace: ["ns", "ns"],
  url: ["http://h/x", "http://h/x"],
  logLevel: ["debug", "debug"],
  logFormat: ["json", "json"],
};

for (const [key, [text, value]] of Object.entries(SAMPLES)) {
  const row = Object.entries(OPTIONS).find(([name]) => name === key)?.[1];
  Deno.test(`the option ${key} is read from its flag and its variables, and the flag wins`, () => {
    assert.ok(row !== undefined);
    for (const name of row.env) {
      assert.deepEqual(Object.entries(settingsOf([], { [name]: text })).find(([each]) => each === key)?.[1], value);
    }
    if (!("flag" in row)) return;
    const env = { [row.env[0]]: "nonsense that no flag lets through" };
    const fromFlag = settingsOf([`--${row.flag}=${text}`], env);
    assert.deepEqual(Object.entries(fromFlag).find(([each]) => each === key)?.[1], value);
  });
}

Deno.test("without flags and variables every option has its default", () => {
  const { interval, staleAfter, timeout, port, telemetryPath, release, namespace, logLevel, strict } = settingsOf([]);
  assert.deepEqual([interval, staleAfter, timeout, port], [300_000, 86_400_000, 10_000, 8080]);
  assert.deepEqual([telemetryPath, release, namespace, logLevel, strict], [
    "/metrics",
    "wallet-balance-exporter",
    "default",
    "info",
    false,
  ]);
});

Deno.test("an empty variable counts as unset, but for those where the original refused it", () => {
  const empty = { RELEASE_NAME: "", POD_NAMESPACE: " ", NAMESPACE: "other", LOG_LEVEL: "", STALE_AFTER: "" };
  assert.equal(settingsOf([], empty).namespace, "other");
  for (const name of ["CHECK_INTERVAL", "METRICS_PORT"]) {
    const { exitCode, message } = refusal([], { [name]: "" });
    assert.equal(exitCode, 1);
    assert.match(message, new RegExp(`the variable ${name}=""`));
  }
});

Deno.test("a bad flag is wrong usage, a bad variable a refusal", () => {
  assert.equal(refusal(["--interval=0"]).exitCode, 2);
  assert.equal(refusal([], { CHECK_INTERVAL: "0" }).exitCode, 1);
});

Deno.test("what is unknown is told, with the nearest known word, and never repeated when it may be a secret", () => {
  assert.match(refusal(["--log.levle=debug"]).advice, /^Did you mean --log\.level\?/);
  assert.match(refusal(["helthcheck"]).advice, /^Did you mean healthcheck\?/);
  assert.equal(refusal(['{"https://h/S3cret":[]}']).message, "Unknown command");
  assert.match(refusal(["check", "run"]).message, /Unexpected argument "run" after the command check/);
  assert.match(refusal(["--config.file", "--config.strict"]).message, /--config\.file needs a value/);
  assert.doesNotMatch(refusal(["--url=S3cret"]).message, /S3cret/);
});

for (const text of ["abc", "", "-1", "0", "1.5", "1_0", "0.5s", "5 m", "999999999999999", "25d", "1e3"]) {
  Deno.test(`"${text}" is no interval`, () => assert.equal(refusal([], { CHECK_INTERVAL: text }).exitCode, 1));
}

for (
  const [text, ms] of [[" 60 ", 60_000], ["1", 1000], ["1m30s", 90_000], ["1.5m", 90_000], ["1500ms", 1500], [
    "24d",
    24 * 86_400_000,
  ]] as const
) {
  Deno.test(`"${text}" is an interval of ${ms} ms`, () =>
    assert.equal(settingsOf([], { CHECK_INTERVAL: text }).interval, ms));
}

for (const text of ["http", "70000", "-1", "80.5", "0x50", "tcp://10.0.0.1:80"]) {
  Deno.test(`"${text}" is no port`, () => assert.equal(refusal([], { METRICS_PORT: text }).exitCode, 1));
}

for (const text of ["/", "/-/ready", "metrics", "/a b", "/../x", "/a?b"]) {
  Deno.test(`"${text}" is no path for the metrics`, () =>
    assert.equal(refusal([`--web.telemetry-path=${text}`]).exitCode, 2));
}
