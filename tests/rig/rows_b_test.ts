import { runRows } from "./run_rows.ts";

Deno.test("rows B: HTTP", async (t) => await runRows("b.json", t));
