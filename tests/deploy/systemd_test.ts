import assert from "node:assert/strict";
import { runOutside, skipCheck, type ToolResult } from "../fakes/outside_tool.ts";

const FOLDER = new URL("../../deploy/systemd/", import.meta.url);
const SERVICE = "wallet-balance-exporter.service";
const RENEWAL = "wallet-balance-exporter-renew.service";
const UNITS = [SERVICE, RENEWAL, "wallet-balance-exporter.path"];
/** Maximum exposure level of `systemd-analyze security`, in tenths. */
const MAX_EXPOSURE = 20;

async function analyze(...args: readonly string[]): Promise<ToolResult | undefined> {
  const result = await runOutside(["systemd-analyze", ...args], "");
  if (result === undefined) skipCheck(`systemd-analyze ${args[0]}`, "systemd-analyze is not installed");
  return result;
}

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("systemd-analyze verify accepts the units", () =>
  inFolder(async (folder) => {
    for (const name of UNITS) {
      const text = await Deno.readTextFile(new URL(name, FOLDER));
      // The exporter is not installed here.
      const here = text.replaceAll(/\/usr\/local\/(bin|lib)\/wallet-balance-exporter(\/renew\.sh)?/g, "/bin/true");
      await Deno.writeTextFile(`${folder}/${name}`, here);
    }
    const result = await analyze("verify", "--man=no", ...UNITS.map((name) => `${folder}/${name}`));
    if (result !== undefined) assert.deepEqual(result, { code: 0, output: "" });
  }));

for (const unit of [SERVICE, RENEWAL]) {
  Deno.test(`${unit} has a low exposure level`, async () => {
    const path = new URL(unit, FOLDER).pathname;
    const result = await analyze("security", "--offline=yes", `--threshold=${MAX_EXPOSURE}`, path);
    if (result === undefined) return;
    assert.equal(result.code, 0, result.output);
    const [, level] = /Overall exposure level for \S+: ([\d.]+)/.exec(result.output) ?? [];
    assert.ok(Number(level) * 10 <= MAX_EXPOSURE, result.output);
  });
}

Deno.test("install.sh installs the same files twice, and keeps the configuration", () =>
  inFolder(async (folder) => {
    const binary = `${folder}/binary`;
    await Deno.writeTextFile(binary, "#!/bin/sh\necho wallet-balance-exporter 1\n", { mode: 0o755 });
    const env = { DESTDIR: `${folder}/root` };
    const install = async (): Promise<string> => await run("install.sh", [binary], env);
    const environment = `${folder}/root/etc/wallet-balance-exporter/environment`;
    assert.equal(await install(), `Installed below ${folder}/root\n`);
    assert.deepEqual(await treeOf(`${folder}/root`), [
      "etc/systemd/system/wallet-balance-exporter-renew.service 644",
      "etc/systemd/system/wallet-balance-exporter.path 644",
      "etc/systemd/system/wallet-balance-exporter.service 644",
      "etc/wallet-balance-exporter/environment 600",
      "usr/local/bin/wallet-balance-exporter 755",
      "usr/local/lib/wallet-balance-exporter/renew.sh 755",
    ]);
    const first = await treeOf(`${folder}/root`);
    await Deno.writeTextFile(environment, "LOG_LEVEL=debug\n");
    await install();
    assert.deepEqual(await treeOf(`${folder}/root`), first);
    assert.equal(await Deno.readTextFile(environment), "LOG_LEVEL=debug\n");

    await run("uninstall.sh", [], env);
    assert.deepEqual(await treeOf(`${folder}/root`), ["etc/wallet-balance-exporter/environment 600"]);
    await run("uninstall.sh", ["--purge"], env);
    assert.deepEqual(await treeOf(`${folder}/root`), []);
    await run("uninstall.sh", ["--purge"], env);
  }));

Deno.test("install.sh and uninstall.sh report errors", async () => {
  await assert.rejects(run("install.sh", ["/nowhere"], {}), /Binary not found: \/nowhere/);
  await assert.rejects(run("install.sh", ["/bin/false"], {}), /\/bin\/false does not run on this machine/);
  await assert.rejects(run("install.sh", ["/etc/passwd"], {}), /\/etc\/passwd is not executable\. Run: chmod \+x/);
  await assert.rejects(run("uninstall.sh", ["--all"], {}), /unknown argument --all\. Usage: uninstall\.sh \[--purge\]/);
});

Deno.test("M15: install.sh reports that systemd is not running, and installs nothing", async () => {
  if (await exists("/run/systemd/system")) return skipCheck("installing without systemd", "systemd runs this machine");
  const folder = await Deno.makeTempDir();
  for (const [name, output] of [["systemctl", "systemd 252 (252.1)"], ["id", "0"]] as const) {
    await Deno.writeTextFile(`${folder}/${name}`, `#!/bin/sh\necho "${output}"\n`, { mode: 0o755 });
  }
  const env = { PATH: `${folder}:${Deno.env.get("PATH") ?? ""}` };
  await assert.rejects(run("install.sh", ["/bin/true"], env), /systemd is installed but not running/);
  await Deno.remove(folder, { recursive: true });
});

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

Deno.test("shellcheck accepts the scripts", async () => {
  const scripts = ["install.sh", "renew.sh", "uninstall.sh"].map((name) => new URL(name, FOLDER).pathname);
  const result = await runOutside([Deno.env.get("SHELLCHECK") ?? "shellcheck", ...scripts], "");
  if (result === undefined) return skipCheck("shellcheck of the scripts", "shellcheck is not installed");
  assert.deepEqual(result, { code: 0, output: "" });
});

async function run(script: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const command = new Deno.Command(new URL(script, FOLDER), { args: [...args], env: { ...env } });
  const { success, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stderr));
  return decoder.decode(stdout);
}

/** Sorted paths of the files below a folder, with their modes. */
async function treeOf(folder: string, path = ""): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${path}`)) {
    const below = `${path}${name}`;
    if (isDirectory) found.push(...await treeOf(folder, `${below}/`));
    else found.push(`${below} ${((await Deno.stat(`${folder}/${below}`)).mode ?? 0).toString(8).slice(-3)}`);
  }
  return found.toSorted();
}
