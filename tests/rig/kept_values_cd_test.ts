import { runKeptValues } from "./kept_values.ts";
import { WAYS } from "./force_way.ts";

Deno.test("rows C: values are kept, age, and are fresh again after the fault", async (t) => {
  await runKeptValues("c.json", WAYS, t);
});

Deno.test("rows D: values are kept, age, and are fresh again after the fault", async (t) => {
  await runKeptValues("d.json", WAYS, t);
});
