import { runRows } from "./run_rows.ts";

Deno.test("rows C: the JSON-RPC envelope", async (t) => await runRows("c.json", t));
