import { runRows } from "./run_rows.ts";

Deno.test("rows D: each invalid value is reported, and none publishes a wrong balance", async (t) =>
  await runRows("d.json", t));
