import { runRows } from "./run_rows.ts";

Deno.test("rows A: each fault of the transport is reported, and none publishes a wrong balance", async (t) =>
  await runRows("a.json", t));
