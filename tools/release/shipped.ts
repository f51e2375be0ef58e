/**
 * The packages that the program may import. What else `deno.json` names is for
 * building and testing, and a bundle that holds it is refused.
 */
export const SHIPPED = [
  "@logtape/logtape",
  "bcryptjs",
  "csv-parse",
  "js-sha3",
  "jsonc-parser",
  "prom-client",
  "valibot",
  "viem",
  "yaml",
] as const;
