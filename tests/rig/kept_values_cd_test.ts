import { runKeptValues } from "./kept_values.ts";
import { WAYS } from "./force_way.ts";

Deno.test("rows C: what is kept, how it ages, and when it is fresh again", async (t) => {
  await runKeptValues("c.json", WAYS, t);
});

Deno.test("rows D: what is kept, how it ages, and when it is fresh again", async (t) => {
  await runKeptValues("d.json", WAYS, t);
});
