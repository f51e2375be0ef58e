/** The version of the program: that of `deno.json`, put here by `deno task gen`. */
export const VERSION = "2.0.0-dev";

/** What the build puts the commit in place of. */
const PLACE = "@REVISION@";

/** The commit it was built from; `unknown` when run from source. */
export const REVISION: string = PLACE.startsWith("@") ? "unknown" : PLACE;
