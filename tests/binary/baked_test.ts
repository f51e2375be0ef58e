import assert from "node:assert/strict";
import manifest from "../../deno.json" with { type: "json" };
import { BINARY } from "../program/exporter_command.ts";
import { bakedMetadata, meaning } from "./baked_metadata.ts";

/** What the runtime gives its engine whatever is compiled. */
const RUNTIMES_OWN = [
  "UNUSED_BUT_NECESSARY_ARG0",
  "--stack-size=1024",
  "--inspector-live-edit",
  "--external-memory-max-reasonable-size=0",
];

/** For all of a kind, `[]` is baked, and for nothing, `null`. */
const ALL: readonly string[] = [];

Deno.test("the permissions of deno.json are baked into the binary, and no other", async () => {
  assert.ok(BINARY !== undefined, "EXPORTER_BIN names no binary");
  const { permissions } = await bakedMetadata(BINARY);
  const { net, read, write, sys } = manifest.permissions.default;
  assert.deepEqual(
    Object.fromEntries(Object.entries(permissions).filter(([kind, list]) => kind !== "allow_import" && list !== null)),
    {
      allow_env: ALL,
      allow_net: ALL,
      deny_net: net.deny,
      allow_read: ALL,
      deny_read: read.deny,
      allow_sys: sys,
      allow_write: write,
      prompt: false,
    },
  );
});

Deno.test("nothing else is baked in that would change how the binary runs", async () => {
  assert.ok(BINARY !== undefined, "EXPORTER_BIN names no binary");
  const { permissions: _, v8_flags, app_name, ...baked } = await bakedMetadata(BINARY);
  assert.deepEqual(v8_flags.filter((flag) => !RUNTIMES_OWN.includes(flag)), [
    "--max-heap-size=320",
    "--max-semi-space-size=2",
    "--heap-growing-percent=60",
    "--no-memory-reducer",
    "--no-flush-bytecode",
    "--expose-gc",
  ]);
  assert.ok(app_name === undefined || app_name === "wallet-balance-exporter", `${app_name}`);
  assert.deepEqual(meaning(baked), {
    workspace_resolver: { pkg_json_resolution: "Enabled" },
    entrypoint_key: "main.js",
    unstable_config: { features: ["net"] },
    otel_config: { console: "Ignore" },
    vfs_case_sensitivity: "s",
  });
});
