import { run } from "../../src/app.ts";
import { systemClock } from "../../src/util/clock.ts";

// The exporter with a monotonic clock that runs faster, so that the alerts that it posts by itself wait as long as those
// of the test's rules. Its intervals and timeouts are shorter by as much.
const speed = Number(Deno.env.get("SPEED"));
const { now, sleep } = systemClock;
Object.assign(systemClock, {
  now: () => speed * now(),
  sleep: (ms: number, signal?: AbortSignal) => sleep(ms / speed, signal),
});

Deno.exit(await run(Deno.args));
