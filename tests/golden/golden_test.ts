import assert from "node:assert/strict";
import { type GoldenCase, isSame, loadCases } from "./cases.ts";
import { openLane } from "./lane.ts";
import { type Outcome, runCase } from "./run_case.ts";

const lanes = 3;

// GOLDEN_ONLY=net-proxy,seq-drain runs the cases whose names begin so; the
// whole must hold without it.
Deno.test("golden: the exporter prints what the original printed, or what was decided instead", async (t) => {
  const only = Deno.env.get("GOLDEN_ONLY")?.split(",") ?? [""];
  const cases = (await loadCases()).filter(({ name }) => only.some((start) => name.startsWith(start)));
  const outcomes = await runAll(cases);

  for (
    const [group, some] of Map.groupBy(outcomes, ({ golden }) => golden.group)
  ) {
    await t.step(`${group}: ${some.length} cases`, () => {
      const failed = some.filter(({ problems }) => problems.length > 0);
      if (failed.length > 0) assert.fail(failed.map(report).join("\n"));
    });
  }

  const good = outcomes.filter(({ problems }) => problems.length === 0);
  const same = good.filter(({ golden }) => isSame(golden)).length;
  const decided = good.length - same;
  say(
    `golden cases: ${same} same + ${decided} decided = ${good.length} compared`,
  );
  if (only.includes("")) {
    assert.deepEqual({ same, decided }, { same: 139, decided: 44 });
  }
});

async function runAll(
  cases: readonly GoldenCase[],
): Promise<readonly Outcome[]> {
  // The long ones first, so that no lane ends alone with them.
  const queue = cases.toSorted((one, other) => steps(other) - steps(one));
  const outcomes = new Map<GoldenCase, Outcome>();
  const work = Array.from({ length: Math.min(lanes, queue.length) }, async () => {
    await using lane = await openLane();
    for (let golden = queue.shift(); golden; golden = queue.shift()) {
      outcomes.set(golden, await runCase(golden, lane));
    }
  });
  // A lane that fails must not leave the others running behind its back.
  await Promise.allSettled(work);
  await Promise.all(work);
  return cases.flatMap((golden) => outcomes.get(golden) ?? []);
}

function steps({ then = [] }: GoldenCase): number {
  return then.length;
}

function report({ golden, problems, stderr }: Outcome): string {
  return [
    "",
    `${golden.name} (ours: ${golden.ours})`,
    ...problems.map((line) => `  ${line}`),
    "  stderr:",
    ...stderr.trimEnd().split("\n").map((line) => `    ${line}`),
  ].join("\n");
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
