import { toJsonSchema } from "@valibot/to-json-schema";
import { wholeShape } from "../src/config/v2/schema.ts";
import { statusSchema as status } from "../src/status/status_schema.ts";

/**
 * The text of `docs/config.schema.json`, the JSON schema of configuration version 2, for editors. `check` also reports
 * what a schema cannot express: checksums, unique names.
 */
export function configSchema(): string {
  const schema = {
    ...toJsonSchema(wholeShape(), { ignoreActions: ["check"] }),
    title: "wallet-balance-exporter, configuration version 2",
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

/** The text of `docs/status.schema.json`, the JSON schema of what `/api/v1/status` returns. */
export function statusSchema(): string {
  const schema = { ...toJsonSchema(status), title: "wallet-balance-exporter, /api/v1/status" };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
