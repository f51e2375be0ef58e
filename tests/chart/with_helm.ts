import { leaveOut } from "../fakes/outside_tool.ts";
import { hasHelm, HELMS } from "./helm.ts";

const present = await hasHelm();

/**
 * A test that needs Helm; without it the test is left out, and says so.
 *
 * @param name what it shows
 * @param run the test
 */
export function chartTest(name: string, run: (context: Deno.TestContext) => Promise<void>): void {
  Deno.test(name, async (context) => {
    if (!present) return leaveOut(`"${name}"`, `there is no ${HELMS.helm}; name one with HELM`);
    await run(context);
  });
}
