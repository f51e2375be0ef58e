import assert from "node:assert/strict";
import manifest from "../../deno.json" with { type: "json" };
import { BINARY } from "../program/exporter_command.ts";
import { bakedMetadata } from "./baked_metadata.ts";

/** For all of a kind, `[]` is baked, and for nothing, `null`. */
const ALL: readonly string[] = [];

Deno.test("the permissions of deno.json are baked into the binary, and no other", async () => {
  assert.ok(BINARY !== undefined, "EXPORTER_BIN names no binary");
  const { permissions } = await bakedMetadata(BINARY);
  const { net, read, write } = manifest.permissions.default;
  assert.deepEqual(
    Object.fromEntries(Object.entries(permissions).filter(([kind, list]) => kind !== "allow_import" && list !== null)),
    {
      allow_env: ALL,
      allow_net: ALL,
      deny_net: net.deny,
      allow_read: ALL,
      deny_read: read.deny,
      allow_write: write,
      prompt: false,
    },
  );
});

Deno.test("nothing else is baked in that would change how the binary runs", async () => {
  assert.ok(BINARY !== undefined, "EXPORTER_BIN names no binary");
  const baked = await bakedMetadata(BINARY);
  assert.deepEqual(baked.argv, []);
  assert.deepEqual(baked.env_vars_from_env_file, {});
  assert.deepEqual(baked.unstable_config.features, ["net"]);
  assert.equal(baked.log_level, null);
  assert.equal(baked.code_cache_key, null, "it would write a cache of code to a temporary folder");
  assert.equal(baked.unsafely_ignore_certificate_errors, null);
  assert.deepEqual([baked.otel_config["tracing_enabled"], baked.otel_config["metrics_enabled"]], [false, false]);
  assert.ok(baked.v8_flags.includes("--max-heap-size=128"), "its heap is sized by the machine's memory");
});
