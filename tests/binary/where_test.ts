import assert from "node:assert/strict";
import { translate } from "../../tools/release/where.ts";
import { ROOT } from "../program/exporter_command.ts";

Deno.test("translate() maps positions in the bundle to positions in the source", async () => {
  const maps = await Deno.readTextFile(new URL("dist/maps.json", ROOT));
  for (
    const [text, file] of [
      ["is in use by another program", "listener.ts"],
      ["Network cannot be read", "change_log.ts"],
      ["Unknown flag", "parse_settings.ts"],
    ] as const
  ) {
    const place = await placeOf(text);
    const translated = translate(maps, `TypeError: x (${place})`);
    const [, path = "", number] = /^TypeError: x \((.*):(\d+):\d+\)$/.exec(translated) ?? [];
    assert.ok(path.endsWith(`/${file}`), translated);
    const source = (await Deno.readTextFile(new URL(path, ROOT))).split("\n");
    assert.ok(source[Number(number) - 1]?.includes(text), translated);
  }
  for (const unknown of ["main.js:999999:1", "other.js:1:1"]) assert.equal(translate(maps, unknown), unknown);
});

/** The position of a text in the bundle. */
async function placeOf(text: string): Promise<string> {
  const folder = new URL("dist/bundle/", ROOT);
  for await (const { name } of Deno.readDir(folder)) {
    const lines = (await Deno.readTextFile(new URL(name, folder))).split("\n");
    const line = lines.findIndex((each) => each.includes(text));
    if (line !== -1) return `${name}:${line + 1}:${(lines[line] ?? "").indexOf(text) + 1}`;
  }
  throw new Error(`${text} is not in the bundle`);
}
