import assert from "node:assert/strict";
import { closeVariables } from "../../tools/release/close_variables.ts";

async function closed(text: string): Promise<string> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, text);
    await closeVariables(new URL(`file://${path}`));
    return await Deno.readTextFile(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("SE2: closeVariables() blanks the first letter of every name that the runtime would read", async () => {
  assert.equal(await closed("aSSLKEYLOGFILEbDENO_LOG"), "a\0SLKEYLOGFILEb\0ENO_LOG");
  assert.equal(await closed("SSSLKEYLOGFILE SSLKEYLOGFILEDENO_LOG"), "S\0SLKEYLOGFILE \0SLKEYLOGFILE\0ENO_LOG");
});

Deno.test("SE2: closeVariables() refuses a runtime that does not contain them", async () => {
  for (const text of ["", "SSLKEYLOGFILE", "DENO_LOG", "SSLKEYLOGFIL DENO_LO"]) {
    await assert.rejects(closed(text), { name: "BuildError" }, text);
  }
});
