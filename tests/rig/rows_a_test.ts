import { runRows } from "./run_rows.ts";

Deno.test("rows A: transport", async (t) => await runRows("a.json", t));
