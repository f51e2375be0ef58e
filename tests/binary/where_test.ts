import assert from "node:assert/strict";
import { translate } from "../../tools/release/where.ts";
import { ROOT } from "../program/exporter_command.ts";

Deno.test("places in the bundle are translated into places in the source", async () => {
  const bundle = await Deno.readTextFile(new URL("dist/wallet-balance-exporter.js", ROOT));
  const map = await Deno.readTextFile(new URL("dist/wallet-balance-exporter.js.map", ROOT));
  const lines = bundle.split("\n");
  for (
    const [text, file] of [["is in use by another program", "serve.ts"], [
      "Network is not read",
      "change_log.ts",
    ]] as const
  ) {
    const line = lines.findIndex((each) => each.includes(text));
    const place = `wallet-balance-exporter.js:${line + 1}:${(lines[line] ?? "").indexOf(text) + 1}`;
    const translated = translate(map, `TypeError: x (${place})`);
    const [, path = "", number] = /^TypeError: x \((.*):(\d+):\d+\)$/.exec(translated) ?? [];
    assert.ok(path.endsWith(`/${file}`), translated);
    const source = (await Deno.readTextFile(new URL(path, ROOT))).split("\n");
    assert.ok(source[Number(number) - 1]?.includes(text), translated);
  }
  assert.equal(translate(map, "wallet-balance-exporter.js:999999:1"), "wallet-balance-exporter.js:999999:1");
});
