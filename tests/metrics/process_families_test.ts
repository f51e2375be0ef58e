import assert from "node:assert/strict";
import { PROCESS_FAMILIES } from "../../src/metrics/process_families.ts";

function read(name: string): number {
  return PROCESS_FAMILIES.find((family) => family.name === name)?.read() ?? NaN;
}

Deno.test("PROCESS_FAMILIES tell what is true, in base units", () => {
  assert.ok(read("process_resident_memory_bytes") > 10e6);
  const started = read("process_start_time_seconds");
  assert.ok(started <= Date.now() / 1000 && started > Date.now() / 1000 - 86_400);
  const cpu = read("process_cpu_seconds_total");
  assert.ok(cpu > 0 && cpu < 86_400);
});

Deno.test("PROCESS_FAMILIES count processor time upwards, and start only once", () => {
  const [cpu, started] = [read("process_cpu_seconds_total"), read("process_start_time_seconds")];
  for (let index = 0; index < 100; index++) assert.ok(read("process_cpu_seconds_total") >= cpu);
  assert.equal(read("process_start_time_seconds"), started);
});
