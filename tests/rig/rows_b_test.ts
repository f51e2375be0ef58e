import { runRows } from "./run_rows.ts";

Deno.test("rows B: each fault of HTTP is reported, and none publishes a wrong balance", async (t) =>
  await runRows("b.json", t));
