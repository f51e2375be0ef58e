import assert from "node:assert/strict";
import { runOutside, skipCheck } from "../fakes/outside_tool.ts";
import { BINARY } from "../program/exporter_command.ts";

/** All of them are in `distroless/cc`: glibc's own, and libgcc_s. */
const LIBRARIES = [
  "ld-linux-x86-64.so.2",
  "libc.so.6",
  "libdl.so.2",
  "libgcc_s.so.1",
  "libm.so.6",
  "libpthread.so.0",
  "librt.so.1",
];

Deno.test("the binary needs glibc 2.27 or newer and libgcc_s, and no other library", async () => {
  assert.ok(BINARY !== undefined, "EXPORTER_BIN names no binary");
  const dynamic = await runOutside(["readelf", "--wide", "--dynamic", "--version-info", BINARY], "");
  if (dynamic === undefined) return skipCheck("the libraries of the binary", "readelf is not installed");
  const needed = [...dynamic.output.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map(([, name = ""]) => name);
  assert.ok(needed.includes("libc.so.6") && needed.includes("libgcc_s.so.1"), `${needed}`);
  assert.deepEqual(needed.filter((name) => !LIBRARIES.includes(name)), []);
  const minors = [...dynamic.output.matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor));
  assert.ok(minors.length > 0 && Math.max(...minors) <= 27, `GLIBC_2.${Math.max(...minors)}`);
});
