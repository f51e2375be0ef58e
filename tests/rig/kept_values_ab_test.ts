import { runKeptValues } from "./kept_values.ts";

Deno.test("rows A: what is kept, how it ages, and when it is fresh again", async (t) => {
  await runKeptValues("a.json", ["packed", "single"], t);
});

Deno.test("rows B: what is kept, how it ages, and when it is fresh again", async (t) => {
  await runKeptValues("b.json", ["packed", "single"], t);
});
