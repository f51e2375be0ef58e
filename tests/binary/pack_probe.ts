import { pack } from "../../tools/release/compile.ts";

/** Makes a binary of the probe of permissions, just as that of the program is made; the argument is where. */
await pack(new URL("../../", import.meta.url), "tests/testdata/permission_probe.ts", Deno.args[0] ?? "");
