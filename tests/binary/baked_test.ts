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
  const { permissions: _, ...baked } = await bakedMetadata(BINARY);
  assert.deepEqual(baked, {
    argv: [],
    seed: null,
    // With one, it would write a cache of code to a temporary folder.
    code_cache_key: null,
    location: null,
    // All but the last are the runtime's own.
    v8_flags: ["UNUSED_BUT_NECESSARY_ARG0", "--stack-size=1024", "--inspector-live-edit", "--max-heap-size=128"],
    log_level: null,
    ca_stores: null,
    ca_data: null,
    unsafely_ignore_certificate_errors: null,
    env_vars_from_env_file: {},
    workspace_resolver: { import_map: null, jsr_pkgs: [], package_jsons: {}, pkg_json_resolution: "Enabled" },
    entrypoint_key: "wallet-balance-exporter.js",
    preload_modules: [],
    require_modules: [],
    node_modules: null,
    unstable_config: {
      legacy_flag_enabled: false,
      bare_node_builtins: false,
      detect_cjs: false,
      lazy_dynamic_imports: false,
      raw_imports: false,
      sloppy_imports: false,
      npm_lazy_caching: false,
      tsgo: false,
      features: ["net"],
    },
    otel_config: {
      tracing_enabled: false,
      metrics_enabled: false,
      console: "Ignore",
      deterministic_prefix: null,
      propagators: [],
    },
    vfs_case_sensitivity: "s",
  });
});
