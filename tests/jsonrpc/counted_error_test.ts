import assert from "node:assert/strict";
import { countedError } from "../../src/jsonrpc/counted_error.ts";
import { openFake } from "../fakes/open_fake.ts";

const SOURCE = new URL("../../src/", import.meta.url);

function filesBelow(folder: URL): readonly URL[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(new URL(`${name}/`, folder)) : [new URL(name, folder)]
  );
}

Deno.test("M9: countedError() counts an error once", () => {
  using opened = openFake("http://127.0.0.1:1/");
  const { reason, message } = countedError(opened.endpoint, "wrong_chain", "another chain");
  assert.deepEqual([reason, message, opened.faults], ["wrong_chain", "another chain", ["wrong_chain"]]);
  assert.equal(countedError(undefined, "internal", "x").reason, "internal");
});

Deno.test("M9: nothing else counts errors after their request", () => {
  const counting = filesBelow(SOURCE).filter((file) => /\.fault\(/.test(Deno.readTextFileSync(file)));
  assert.deepEqual(counting.map(({ href }) => href.slice(SOURCE.href.length)), ["jsonrpc/counted_error.ts"]);
});
