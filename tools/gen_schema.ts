import { toJsonSchema } from "@valibot/to-json-schema";
import { wholeShape } from "../src/config/v2/schema.ts";

/**
 * Writes the JSON schema of format 2, for editors. What a schema cannot say
 * (checksums, names that must differ) only `check` tells.
 *
 * @returns the text of `docs/config.schema.json`
 */
export function configSchema(): string {
  const schema = {
    ...toJsonSchema(wholeShape),
    title: "wallet-balance-exporter, configuration format 2",
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
