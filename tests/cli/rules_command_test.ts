import assert from "node:assert/strict";
import { parseSettings } from "../../src/cli/parse_settings.ts";
import { rulesCommand } from "../../src/cli/rules_command.ts";
import { runOutside, skipCheck } from "../fakes/outside_tool.ts";
import { type Rule, rulesOf } from "../rules/rendered.ts";

const promtool = Deno.env.get("PROMTOOL") ?? "promtool";
const WALLET = { address: "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045", label: "batcher" };

interface Printed {
  readonly code: number;
  readonly text: string;
  readonly errors: string;
}

async function print(config: object, args: readonly string[] = []): Promise<Printed> {
  const invocation = parseSettings(
    ["rules", ...args],
    (name) => name === "WALLET_CONFIG" ? JSON.stringify(config) : undefined,
  );
  if (!("settings" in invocation)) throw new Error("No settings were read");
  const [lines, errors]: [string[], string[]] = [[], []];
  const output = { out: (line: string) => void lines.push(line), err: (line: string) => void errors.push(line) };
  const code = await rulesCommand(invocation.settings, output, AbortSignal.timeout(60_000));
  return { code, text: lines.join("\n"), errors: errors.join("\n") };
}

function network(name: string, more: object = {}): object {
  return { name, endpoints: ["http://127.0.0.1:8545"], wallets: [WALLET], ...more };
}

function alertNamed(rules: readonly Rule[], name: string): Rule {
  const rule = rules.find(({ alert }) => alert === name);
  assert.ok(rule !== undefined, name);
  return rule;
}

Deno.test("rules prints the rules of one exporter, with its labels, shards and interval", async () => {
  const wallets = [{ ...WALLET, labels: { team: "bridge" } }];
  const config = {
    version: 2,
    interval: "15m",
    defaults: { labels: { env: "prod" } },
    networks: [network("ethereum", { wallets })],
  };
  const { code, text } = await print(config, ["--shard=1/3", "--release=rel", "--namespace=ns"]);
  assert.equal(code, 0);
  const rules = rulesOf(text);
  const [first] = rules;
  assert.equal(
    first?.expr,
    "max by (cluster, namespace, release, network, label, address, env, team) " +
      '(wallet_balance_check_success{namespace="ns",release="rel"})',
  );
  assert.match(alertNamed(rules, "WalletBalanceExporterDown").expr, /\) < 3\n/);
  assert.equal(alertNamed(rules, "WalletBalanceNetworkUnreachable").for, "45m");
  assert.match(text, /^# .*their alerts have too: env, team\.$/m);
  assert.doesNotMatch(text, /@/);
});

Deno.test("rules prints what promtool accepts, for any name of a release", async () => {
  const { text } = await print({ version: 2, networks: [network("n")] }, [
    '--release=my "rel": # {😀}',
    "--namespace=a\\b",
  ]);
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(file, text);
    const result = await runOutside([promtool, "check", "rules", "--lint-fatal", file], "");
    if (result === undefined) return skipCheck("promtool check rules", `there is no ${promtool}`);
    assert.equal(result.code, 0, result.output);
    assert.match(result.output, /SUCCESS/);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("rules uses the shortest interval, so that no network delays the alerts of others", async () => {
  const networks = [network("slow", { interval: "2h" }), network("other", { interval: "20m" })];
  const { text } = await print({ version: 2, networks });
  assert.equal(alertNamed(rulesOf(text), "WalletBalanceNetworkUnreachable").for, "1h");
  const general = await print({ version: 2, networks: [...networks, network("general")] }, ["--interval=10m"]);
  assert.equal(alertNamed(rulesOf(general.text), "WalletBalanceNetworkUnreachable").for, "30m");
  const none = await print({ version: 2, networks: [] }, ["--interval=1h"]);
  assert.equal(alertNamed(rulesOf(none.text), "WalletBalanceNetworkUnreachable").for, "3h");
});

Deno.test("rules refuses labels that would break the rules or be lost", async () => {
  for (const name of ["severity", "alertname", "cluster", "pod", "inf", "NaN", "without"]) {
    const wallets = [{ ...WALLET, labels: { [name]: "x" } }];
    await assert.rejects(print({ version: 2, networks: [network("n", { wallets })] }), {
      name: "ExitError",
      message: `The label ${name} of the wallets cannot be used in rules`,
    });
  }
});

Deno.test("rules needs no secrets", async () => {
  const wallets = [{ ...WALLET, labels: { team: "bridge" } }];
  const networks = [network("n", { wallets, endpoints: ["${UNSET_URL}", "https://rpc.example/${UNSET_KEY}"] })];
  const { code, text } = await print({ version: 2, networks });
  assert.equal(code, 0);
  assert.match(text, /by \(cluster, namespace, release, network, label, address, team\)/);
  assert.doesNotMatch(text, /UNSET|127\.0\.0\.1|rpc\.example/);
});

Deno.test("rules has the labels of wallet lists", async () => {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => {
    return new Response(`address,label,labels.team\n${WALLET.address},batcher,bridge\n`);
  });
  try {
    await Deno.writeTextFile(file, JSON.stringify([{ ...WALLET, label: "other", labels: { tier: "1" } }]));
    const walletsFrom = [{ url: `http://127.0.0.1:${server.addr.port}/wallets.csv` }, file];
    const { code, text } = await print({ version: 2, networks: [network("n", { walletsFrom })] }, ["--shard=0/2"]);
    assert.equal(code, 0);
    assert.match(text, /their alerts have too: team, tier\.$/m);
  } finally {
    await server.shutdown();
    await Deno.remove(file);
  }
});

Deno.test("rules refuses a configuration that cannot be read", async () => {
  const { code, text, errors } = await print({ version: 2, networks: 1 });
  assert.deepEqual([code, text], [1, ""]);
  assert.match(errors, /networks/);
});

Deno.test("rules fails if a wallet list cannot be fetched, since its labels are unknown", async () => {
  const networks = [network("n", { walletsFrom: [{ url: "http://127.0.0.1:8544/wallets.csv" }] })];
  await assert.rejects(print({ version: 2, networks }), {
    name: "ExitError",
    exitCode: 70,
    message: /^The wallet list .* cannot be fetched/,
  });
});

Deno.test("rules has the labels of all files that match a pattern, and fails if one of them is bad", async () => {
  const folder = await Deno.makeTempDir();
  const networks = [network("n", { walletsFrom: `${folder}/*.csv` })];
  await Deno.writeTextFile(`${folder}/a.csv`, `address,label,labels.squad\n${WALLET.address},a,x\n`);
  assert.match((await print({ version: 2, networks })).text, /\bsquad\b/);
  await Deno.writeTextFile(`${folder}/b.csv`, "<html>");
  await assert.rejects(print({ version: 2, networks }), {
    name: "ExitError",
    exitCode: 70,
    message: /^The wallet list \S+\/b\.csv cannot be read, so its label names are unknown/,
  });
  await Deno.remove(folder, { recursive: true });
});
