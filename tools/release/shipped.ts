/** The packages that the program may import; the others of `deno.json` are for builds and tests. */
export const SHIPPED = [
  "@logtape/logtape",
  "bcryptjs",
  "csv-parse",
  "js-sha3",
  "jsonc-parser",
  "prom-client",
  "string-width",
  "valibot",
  "viem",
  "yaml",
] as const;
