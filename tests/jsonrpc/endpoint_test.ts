import assert from "node:assert/strict";
import { recordError } from "../../src/jsonrpc/endpoint.ts";
import { openFake } from "../fakes/open_fake.ts";

const SOURCE = new URL("../../src/", import.meta.url);

function filesBelow(folder: URL): readonly URL[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(new URL(`${name}/`, folder)) : [new URL(name, folder)]
  );
}

Deno.test("M9: recordError() counts an error once", () => {
  using opened = openFake("http://127.0.0.1:1/");
  const { reason, message } = recordError(opened.endpoint, "wrong_chain", "another chain");
  assert.deepEqual([reason, message, opened.faults], ["wrong_chain", "another chain", ["wrong_chain"]]);
  assert.equal(recordError(undefined, "internal", "x").reason, "internal");
});

Deno.test("M9: nothing else counts errors after their request", () => {
  const counting = filesBelow(SOURCE).filter((file) => /meter\.recordError\(/.test(Deno.readTextFileSync(file)));
  assert.deepEqual(counting.map(({ href }) => href.slice(SOURCE.href.length)), ["jsonrpc/endpoint.ts"]);
});
