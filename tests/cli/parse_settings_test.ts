import assert from "node:assert/strict";
import { COMMAND_NAMES as COMMANDS } from "../../src/cli/command_line.ts";
import { webPrefixes } from "../../src/cli/address_values.ts";
import { OPTIONS, type Settings } from "../../src/cli/options.ts";
import { parseSettings } from "../../src/cli/parse_settings.ts";
import { usageText } from "../../src/cli/usage.ts";
import { ExitError } from "../../src/util/errors.ts";

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
  maxRequests: ["7", 7],
  maxConnectionsPerClient: ["0", 0],
  enableLifecycle: ["true", true],
  output: ["csv", "csv"],
  push: ["http://gateway:9091/", "http://gateway:9091/"],
  configText: ["{}", "{}"],
  configFile: ["/a/b", "/a/b"],
  strict: ["true", true],
  allowShrink: ["true", true],
  refusedFile: ["/run/x/refused", "/run/x/refused"],
  shard: ["1/4", { index: 1, of: 4 }],
  interval: ["15s", 15_000],
  staleAfter: ["0", 0],
  timeout: ["2s", 2000],
  listenAddresses: ["[::1]:9000", [{ hostname: "::1", port: 9000 }]],
  port: ["9000", 9000],
  telemetryPath: ["/", "/"],
  page: ["false", false],
  externalUrl: ["https://h:1/a/b/", "https://h:1/a/b"],
  routePrefix: ["/x/", "/x"],
  alertmanagerUrls: ["http://a:9093/, http://b:9093/x", ["http://a:9093/", "http://b:9093/x"]],
  alertmanagerHttpConfig: ["/etc/alertmanager-http.yml", "/etc/alertmanager-http.yml"],
  alertmanagerLabels: ["cluster=prod,region=eu-1", [["cluster", "prod"], ["region", "eu-1"]]],
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
    const env = { [row.env[0] ?? ""]: "nonsense that no flag lets through" };
    const fromFlag = settingsOf([row.commands[0] ?? "run", `--${row.flag}=${text}`], env);
    assert.deepEqual(Object.entries(fromFlag).find(([each]) => each === key)?.[1], value);
  });
}

Deno.test("--web.listen-address may be repeated, and its variable may contain several", () => {
  const expected = [{ hostname: "127.0.0.1", port: 1 }, { hostname: "::1", port: 2 }, { hostname: "", port: 3 }];
  const flags = ["127.0.0.1:1", "[::1]:2", ":3", ":3"].map((address) => `--web.listen-address=${address}`);
  assert.deepEqual(settingsOf(flags).listenAddresses, expected);
  assert.deepEqual(settingsOf([], { WEB_LISTEN_ADDRESS: "127.0.0.1:1, [::1]:2,:3" }).listenAddresses, expected);
});

Deno.test("parseSettings() returns the defaults without flags and variables", () => {
  const { interval, staleAfter, timeout, port, telemetryPath, release, namespace, logLevel, strict, page } = settingsOf(
    [],
  );
  assert.deepEqual([interval, staleAfter, timeout, port], [300_000, 86_400_000, 10_000, 8080]);
  assert.deepEqual([telemetryPath, release, namespace, logLevel, strict, page], [
    "/metrics",
    "wallet-balance-exporter",
    "default",
    "info",
    false,
    true,
  ]);
});

Deno.test("parseSettings() ignores empty variables except those that the original refused", () => {
  const empty = { RELEASE_NAME: "", POD_NAMESPACE: " ", NAMESPACE: "other", LOG_LEVEL: "", STALE_AFTER: "" };
  assert.equal(settingsOf([], empty).namespace, "other");
  for (const name of ["CHECK_INTERVAL", "METRICS_PORT"]) {
    const { exitCode, message } = refusal([], { [name]: "" });
    assert.equal(exitCode, 1);
    assert.match(message, new RegExp(`the variable ${name}=""`));
  }
});

Deno.test("parseSettings() exits with 2 for an invalid flag, and with 1 for an invalid variable", () => {
  assert.equal(refusal(["--interval=0"]).exitCode, 2);
  assert.equal(refusal([], { CHECK_INTERVAL: "0" }).exitCode, 1);
});

Deno.test("parseSettings() suggests the nearest known word, and never quotes a possible secret", () => {
  assert.match(refusal(["--log.levle=debug"]).advice, /^Did you mean --log\.level\?/);
  assert.match(refusal(["helthcheck"]).advice, /^Did you mean healthcheck\?/);
  assert.equal(refusal(['{"https://h/S3cret":[]}']).message, "Unknown command");
  assert.match(refusal(["check", "run"]).message, /Unexpected argument "run" after the command check/);
  assert.match(refusal(["--config.file", "--config.strict"]).message, /--config\.file needs a value/);
  assert.doesNotMatch(refusal(["healthcheck", "--url=S3cret"]).message, /S3cret/);
  for (const password of ["pa,S3cret", "12,S3cret", "S3cret#", ",S3cret"]) {
    const { message } = refusal([`--alertmanager.url=http://user:${password}@h:9093`]);
    assert.match(message, /encode a comma as %2C/);
    assert.doesNotMatch(message, /S3cret/);
  }
});

for (const text of ["abc", "", "-1", "0", "1.5", "1_0", "0.5s", "5 m", "999999999999999", "25d", "1e3"]) {
  Deno.test(`parseSettings() rejects the interval "${text}"`, () =>
    assert.equal(refusal([], { CHECK_INTERVAL: text }).exitCode, 1));
}

for (
  const [text, ms] of [[" 60 ", 60_000], ["1", 1000], ["1m30s", 90_000], ["1.5m", 90_000], ["1500ms", 1500], [
    "24d",
    24 * 86_400_000,
  ]] as const
) {
  Deno.test(`parseSettings() reads the interval "${text}" as ${ms} ms`, () =>
    assert.equal(settingsOf([], { CHECK_INTERVAL: text }).interval, ms));
}

for (const text of ["http", "70000", "-1", "80.5", "0x50", "tcp://10.0.0.1:80"]) {
  Deno.test(`parseSettings() rejects the port "${text}"`, () =>
    assert.equal(refusal([], { METRICS_PORT: text }).exitCode, 1));
}

for (const text of ["/wallets/a/b", "/api/v1/status/", "/-/ready", "metrics", "/a b", "/../x", "/a?b"]) {
  Deno.test(`parseSettings() rejects the path "${text}"`, () =>
    assert.equal(refusal([`--web.telemetry-path=${text}`]).exitCode, 2));
}

Deno.test("the prefix is the path of the external URL unless it is given, with slashes or without", () => {
  const prefixes = (...args: string[]): readonly string[] => {
    const { routePrefix, linkPrefix } = webPrefixes(settingsOf(args));
    return [routePrefix, linkPrefix];
  };
  assert.deepEqual(prefixes(), ["", ""]);
  assert.deepEqual(prefixes("--web.external-url=https://h.example"), ["", ""]);
  assert.deepEqual(prefixes("--web.external-url=https://h.example/a/b/"), ["/a/b", "/a/b"]);
  assert.deepEqual(prefixes("--web.external-url=https://h.example/a", "--web.route-prefix=/"), ["", "/a"]);
  for (const text of ["/b", "b", "b/", "//b//"]) assert.deepEqual(prefixes(`--web.route-prefix=${text}`), ["/b", "/b"]);
});

for (
  const text of ["h/a", "ftp://h/a", "https://user:S3cret@h/", "https://h/?S3cret", "https://h/#x", "https://h/a b"]
) {
  Deno.test(`parseSettings() rejects the external URL "${text}", without quoting it`, () => {
    const { exitCode, message } = refusal([`--web.external-url=${text}`]);
    assert.equal(exitCode, 2);
    assert.doesNotMatch(message, /S3cret/);
    assert.equal(refusal([], { WEB_EXTERNAL_URL: text }).exitCode, 1);
  });
}

for (const text of ["/a b", "/../x", "/a//b", "/a?b", "/%61", "https://h/a"]) {
  Deno.test(`parseSettings() rejects the route prefix "${text}"`, () => {
    assert.equal(refusal([`--web.route-prefix=${text}`]).exitCode, 2);
    assert.equal(refusal([], { WEB_ROUTE_PREFIX: text }).exitCode, 1);
  });
}

for (
  const [flag, near] of [
    ["--config", "config.file"],
    ["--config=x", "config.file"],
    ["-config.file=x", "config.file"],
    ["--config-file", "config.file"],
    ["--configFile=x", "config.file"],
    ["--listen-address=:80", "web.listen-address"],
    ["--level", "log.level"],
    ["--log-level=debug", "log.level"],
    ["--telemetry-path=/x", "web.telemetry-path"],
    ["--stale_after=1h", "stale-after"],
    ["--shards=0/2", "shard"],
  ] as const
) {
  Deno.test(`parseSettings() suggests --${near} for the unknown flag ${flag}`, () => {
    const { exitCode, message, advice } = refusal([flag]);
    assert.equal(exitCode, 2);
    assert.match(message, /^Unknown flag/);
    assert.ok(advice.startsWith(`Did you mean --${near}?`), advice);
  });
}

Deno.test("parseSettings() returns help for help, help COMMAND and COMMAND --help", () => {
  const topicOf = (...args: readonly string[]): unknown => {
    const invocation = parseSettings(args, () => undefined);
    return invocation.command === "help" ? invocation.topic ?? "all" : undefined;
  };
  assert.deepEqual([topicOf("help"), topicOf("--help"), topicOf("-h"), topicOf("help", "help")], [
    "all",
    "all",
    "all",
    "all",
  ]);
  for (const command of COMMANDS) {
    assert.deepEqual([topicOf("help", command), topicOf(command, "--help"), topicOf("-h", command)], [
      command,
      command,
      command,
    ]);
  }
  assert.match(refusal(["help", "chek"]).advice, /^Did you mean check\?/);
  assert.equal(refusal(["help", "check", "plan"]).exitCode, 2);
  assert.match(refusal(["hlep"]).advice, /^Did you mean help\?/);
});

Deno.test("usageText() of a command lists only its own flags", () => {
  for (const command of COMMANDS) {
    const text = usageText(command);
    assert.match(text, new RegExp(`^Usage: wallet-balance-exporter ${command}( \\[FILE\\])? \\[FLAGS\\]$`, "m"));
    for (const row of Object.values(OPTIONS)) {
      if (!("flag" in row)) continue;
      const isOwn = row.commands.some((each) => each === command);
      assert.equal(new RegExp(`^  --${row.flag}\\b`, "m").test(text), isOwn, `${command} ${row.flag}`);
    }
  }
});

Deno.test("parseSettings() rejects a flag of another command, and ignores its variable", () => {
  for (const command of COMMANDS) {
    for (const row of Object.values(OPTIONS)) {
      if (!("flag" in row) || row.commands.some((each) => each === command)) continue;
      const { exitCode, message } = refusal([command, "value" in row ? `--${row.flag}=x` : `--${row.flag}`]);
      assert.equal(exitCode, 2);
      assert.ok(message.includes(`--${row.flag} has no effect with the command ${command}`), message);
    }
  }
  assert.equal(settingsOf(["check"], { PUSH_URL: "http://gateway" }).configFile, undefined);
});

Deno.test("parseSettings() accepts the configuration file as an argument, except for run", () => {
  for (const command of ["check", "plan", "convert", "once"]) {
    assert.equal(settingsOf([command, "wallets.yaml"]).configFile, "wallets.yaml");
    assert.equal(refusal([command, "a.json", "b.json"]).exitCode, 2);
    assert.equal(refusal([command, "a.json", "--config.file=b.json"]).exitCode, 2);
    assert.equal(
      refusal([command, '{"https://h/S3cret":[]}']).message,
      `Unexpected argument after the command ${command}`,
    );
    assert.doesNotMatch(refusal([command, "https://h/S3cret"]).message, /S3cret/);
  }
  for (const args of [["run", "wallets.yaml"], ["wallets.yaml"]]) {
    assert.match(refusal(args).advice, /^Pass the file with --config\.file/);
  }
});

Deno.test("--log.level accepts the names of other programs, in any case", () => {
  const levels = ["WARNING", "Warn", "ERR", "fatal", "TRACE", "INFO", " debug "].map((level) =>
    settingsOf([], { LOG_LEVEL: level }).logLevel
  );
  assert.deepEqual(levels, ["warn", "warn", "error", "error", "debug", "info", "debug"]);
  assert.equal(refusal([], { LOG_LEVEL: "loud" }).exitCode, 1);
});

Deno.test("--push without a scheme is rejected with an example, and not quoted", () => {
  for (const url of ["gateway:9091", "localhost:9091", "10.0.0.1:9091", "s3cret-host"]) {
    const { message } = refusal(["once", `--push=${url}`]);
    assert.match(message, /expected http:\/\/host:port/, url);
    assert.ok(!message.includes(url));
  }
  assert.match(refusal(["once", "--push=ftp://gateway"]).message, /http:\/\/pushgateway:9091/);
});
