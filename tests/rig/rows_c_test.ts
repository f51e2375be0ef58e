import { runRows } from "./run_rows.ts";

Deno.test("rows C: each fault of the JSON-RPC envelope is reported, and none publishes a wrong balance", async (t) =>
  await runRows("c.json", t));
