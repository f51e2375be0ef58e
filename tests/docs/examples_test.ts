import assert from "node:assert/strict";
import { stringify } from "yaml";
import { checkCommand } from "../../src/cli/check_command.ts";
import { parseSettings } from "../../src/cli/parse_settings.ts";
import { ConfigError } from "../../src/config/model/problem.ts";

const ROOT = new URL("../../", import.meta.url);

/** A block of a page that is a configuration, or a part of one. */
interface Example {
  /** Its page and line. */
  readonly place: string;
  readonly text: string;
}

/** Every page for users. */
function pages(): readonly string[] {
  const found = ["README.md", "SECURITY.md"];
  for (const folder of ["docs", "docs/runbooks", "chart", "deploy/systemd"]) {
    for (const { name, isFile } of Deno.readDirSync(new URL(folder, ROOT))) {
      if (isFile && /\.(md|md\.gotmpl|example)$/.test(name)) found.push(`${folder}/${name}`);
    }
  }
  return found;
}

/** Code blocks, and values of WALLET_CONFIG in shell blocks. */
function examplesOf(page: string): readonly Example[] {
  const text = Deno.readTextFileSync(new URL(page, ROOT));
  return [...text.matchAll(/^( *)```(\w*)[^\n]*\n([\s\S]*?)^ *```/gm)].flatMap(
    ({ index, 2: language = "", 3: body = "" }) => {
      const place = `${page}:${text.slice(0, index).split("\n").length}`;
      if (["json", "yaml", "yml", "csv"].includes(language)) return [{ place, text: body }];
      return [...body.matchAll(/WALLET_CONFIG='([^']*)'/g)].map(([, inline = ""]) => ({ place, text: inline }));
    },
  );
}

const WALLET = { address: "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045", label: "batcher" };

/** The whole configuration for a block; `undefined` for another block. */
function wholeOf(text: string): string | undefined {
  if (/^(version:|\{\s*"(https?:|version))/.test(text)) return text;
  const network = { name: "main", endpoints: ["http://localhost:8545"] };
  if (/^(tokens|views|wallets|walletsFrom|endpoints):/.test(text)) {
    const indented = text.replace(/^(?=.)/gm, "    ");
    const own = stringify({ version: 2, networks: [network] });
    return `${own.trimEnd()}\n${indented}`;
  }
  if (text.startsWith("address,")) {
    return stringify({ version: 2, networks: [{ ...network, walletsFrom: "wallets.csv" }] });
  }
  return undefined;
}

const HASH = "$2y$10$abcdefghijklmnopqrstuv0123456789ABCDEFGHIJKLMNOPQRSTU";

/** Runs `check` on a block as a user would who copied it, with the files and variables that it names. */
async function check(text: string, folder: string): Promise<readonly [number, string] | undefined> {
  const whole = wholeOf(text);
  const isWeb = text.startsWith("tls_server_config:");
  if (whole === undefined && !isWeb) return undefined;
  const files = {
    "config": (whole ?? "{}").replaceAll("/run/secrets/token", `${folder}/token`),
    "web.yml": isWeb ? text.replace(/\$2y\$10\$…/g, HASH) : "",
    "token": "t0ken",
    "tls.crt": "certificate",
    "tls.key": "key",
    "wallets.csv": text.startsWith("address,") ? text : `address,label\n${WALLET.address},${WALLET.label}\n`,
  };
  for (const [name, content] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${name}`, content);
  const args = ["check", `--config.file=${folder}/config`, `--web.config.file=${folder}/web.yml`];
  const invocation = parseSettings(args, () => undefined);
  if (invocation.command !== "check") throw new Error("No settings were read");
  const lines: string[] = [];
  const output = { out: (line: string) => lines.push(line), err: (line: string) => lines.push(line) };
  for (const name of ["ALCHEMY_KEY", "INVENTORY_TOKEN"]) Deno.env.set(name, "k3y-of-the-docs");
  try {
    return [await checkCommand(invocation.settings, output), lines.join("\n")];
  } catch (error) {
    if (error instanceof ConfigError) return [error.exitCode, error.message];
    throw error;
  } finally {
    for (const name of ["ALCHEMY_KEY", "INVENTORY_TOKEN"]) Deno.env.delete(name);
  }
}

Deno.test("M5: check accepts every configuration in the documentation", async (t) => {
  const folder = await Deno.makeTempDir();
  let checked = 0;
  for (const { place, text } of pages().flatMap(examplesOf)) {
    await t.step(place, async () => {
      const result = await check(text, folder);
      if (result === undefined) return;
      checked++;
      assert.equal(result[0], 0, result[1]);
    });
  }
  await Deno.remove(folder, { recursive: true });
  assert.ok(checked >= 8, `only ${checked} examples were found`);
});

Deno.test("docs/configuration.md shows what check prints", async () => {
  const page = await Deno.readTextFile(new URL("docs/configuration.md", ROOT));
  // The fence says json5, since the test above accepts all that say json.
  const [, text = "", shown = ""] =
    /```json5\n([\s\S]*?)```[\s\S]*?```\n\$ wallet-balance-exporter check wallets.json\n([\s\S]*?)\n```/.exec(page) ??
      [];
  const folder = await Deno.makeTempDir();
  const [code, printed] = await check(text, folder) ?? [];
  await Deno.remove(folder, { recursive: true });
  assert.equal(code, 1);
  assert.equal(printed?.replaceAll(`${folder}/config`, "wallets.json"), shown);
});
