import { runRows } from "./run_rows.ts";

Deno.test("rows D: values", async (t) => await runRows("d.json", t));
