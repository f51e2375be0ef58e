import assert from "node:assert/strict";
import { parseSettings } from "../../src/cli/parse_settings.ts";
import { runOutside, skipCheck } from "../fakes/outside_tool.ts";
import { runProgram } from "../program/exporter.ts";

const EXAMPLES = new URL("../../examples/", import.meta.url);
const promtool = Deno.env.get("PROMTOOL") ?? "promtool";

/** Runs `check` on a configuration, with the variable and the file that the examples name. */
async function check(file: string, ...flags: readonly string[]): Promise<readonly [number, string]> {
  const folder = await Deno.makeTempDir();
  const text = await Deno.readTextFile(new URL(file, EXAMPLES));
  await Deno.writeTextFile(`${folder}/rpc-token`, "t0ken");
  await Deno.copyFile(new URL("csv-fleet/wallets.csv", EXAMPLES), `${folder}/wallets.csv`);
  await Deno.symlink(new URL("team-lists/wallets.d", EXAMPLES), `${folder}/wallets.d`);
  await Deno.writeTextFile(`${folder}/config.yaml`, text.replaceAll("/run/secrets", folder));
  const { code, stdout, stderr } = await runProgram(["check", `${folder}/config.yaml`, ...flags], {
    ALCHEMY_KEY: "k3y-of-the-examples",
  });
  await Deno.remove(folder, { recursive: true });
  return [code, stdout + stderr];
}

const CONFIGURATIONS = [
  "single-node",
  "multi-chain",
  "linea-stack",
  "erc4337-paymaster",
  "views-and-prices",
  "more-than-balances",
];

for (const name of CONFIGURATIONS) {
  Deno.test(`check accepts the example ${name}`, async () => {
    const [code, output] = await check(`${name}.yaml`);
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /warning:|notice:/);
  });
}

Deno.test("check accepts each shard of the example csv-fleet, and together they read every wallet", async () => {
  let wallets = 0;
  for (let shard = 0; shard < 4; shard++) {
    const [code, output] = await check("csv-fleet/config.yaml", `--shard=${shard}/4`);
    assert.equal(code, 0, output);
    wallets += Number(/^ethereum +\S+ +(\d+)/m.exec(output)?.[1]);
  }
  assert.equal(wallets, 4);
});

Deno.test("check accepts the example team-lists, with the files of both teams", async () => {
  const [code, output] = await check("team-lists/config.yaml");
  assert.equal(code, 0, output);
  assert.match(output, /^ethereum +\S+ +2 +0\n.*base +\S+ +2 +0$/ms);
  assert.doesNotMatch(output, /warning:|notice:/);
});

Deno.test("the program accepts the command line of the example for cron", async () => {
  const text = await Deno.readTextFile(new URL("cron-pushgateway.crontab", EXAMPLES));
  const [, url = ""] = /^PUSH_URL=(.+)$/m.exec(text) ?? [];
  const [, line = ""] = /^\S+ \S+ \S+ \S+ \S+ exporter \/usr\/local\/bin\/wallet-balance-exporter (.+)$/m.exec(text) ??
    [];
  const invocation = parseSettings(line.split(" "), (name) => name === "PUSH_URL" ? url : undefined);
  assert.equal(invocation.command, "once");
  assert.ok("settings" in invocation && invocation.settings.push !== undefined);
});

Deno.test("the example for the textfile collector replaces its file by a page, and keeps it after a failure", async () => {
  const folder = await Deno.makeTempDir();
  const once = async (code: number, page: string): Promise<number> => {
    const program = `#!/bin/sh\necho "$@" >${folder}/args\necho ${page}\nexit ${code}\n`;
    await Deno.writeTextFile(`${folder}/wallet-balance-exporter`, program, { mode: 0o755 });
    const script = new URL("textfile-collector.sh", EXAMPLES);
    const env = { PATH: `${folder}:${Deno.env.get("PATH") ?? ""}` };
    return (await new Deno.Command(script, { args: ["wallets.yaml", folder], env }).output()).code;
  };
  assert.deepEqual([await once(4, "low"), await Deno.readTextFile(`${folder}/wallets.prom`)], [0, "low\n"]);
  assert.deepEqual([await once(1, "refused"), await Deno.readTextFile(`${folder}/wallets.prom`)], [1, "low\n"]);
  assert.deepEqual((await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).toSorted(), [
    "args",
    "wallet-balance-exporter",
    "wallets.prom",
  ]);
  const args = (await Deno.readTextFile(`${folder}/args`)).trim().split(" ");
  assert.equal(parseSettings(args, () => undefined).command, "once");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("shellcheck finds nothing wrong in the examples", async () => {
  const script = new URL("textfile-collector.sh", EXAMPLES).pathname;
  const result = await runOutside([Deno.env.get("SHELLCHECK") ?? "shellcheck", script], "");
  if (result === undefined) return skipCheck("shellcheck of the examples", "shellcheck is not installed");
  assert.deepEqual(result, { code: 0, output: "" });
});

Deno.test("promtool accepts the example for Prometheus", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.copyFile(new URL("../deploy/prometheus/rules.yaml", EXAMPLES), `${folder}/wallets.yaml`);
  await Deno.writeTextFile(`${folder}/wallets-password`, "pa55word");
  const text = await Deno.readTextFile(new URL("prometheus.yaml", EXAMPLES));
  const own = text.replaceAll("/etc/prometheus/rules", folder).replaceAll("/etc/prometheus", folder);
  await Deno.writeTextFile(`${folder}/prometheus.yml`, own);
  const result = await runOutside([promtool, "check", "config", `${folder}/prometheus.yml`], "");
  await Deno.remove(folder, { recursive: true });
  if (result === undefined) return skipCheck("promtool check config", `there is no ${promtool}`);
  assert.equal(result.code, 0, result.output);
  assert.match(result.output, /SUCCESS: \d+ rules found/);
});

Deno.test("the README of the examples lists each of them", async () => {
  const page = await Deno.readTextFile(new URL("README.md", EXAMPLES));
  const listed = [...page.matchAll(/\]\(([^/)]+)/g)].map(([, name]) => name);
  const names = await Array.fromAsync(Deno.readDir(EXAMPLES), ({ name }) => name);
  assert.deepEqual(listed.toSorted(), names.filter((name) => name !== "README.md").toSorted());
});
