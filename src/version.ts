import manifest from "../deno.json" with { type: "json" };

/** The version of the program, from `deno.json`. */
export const VERSION: string = manifest.version;

/** The commit it was built from; `unknown` when run from source. */
export const REVISION = "unknown";
