import { runKeptValues } from "./kept_values.ts";

Deno.test("rows A: values are kept, age, and are fresh again after the fault", async (t) => {
  await runKeptValues("a.json", ["packed", "single"], t);
});

Deno.test("rows B: values are kept, age, and are fresh again after the fault", async (t) => {
  await runKeptValues("b.json", ["packed", "single"], t);
});
