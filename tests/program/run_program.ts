import { type Ended, startExporter } from "./exporter.ts";
import { PATIENCE } from "./until.ts";

/**
 * Runs the program until it ends by itself.
 *
 * @param args command and flags
 * @param env its whole environment, but for what any program needs
 * @param limitMs after which it is killed
 */
export async function runProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  limitMs = PATIENCE,
): Promise<Ended> {
  const program = startExporter(env, args);
  const timer = setTimeout(() => program.terminate(0), limitMs);
  try {
    return await program.ended;
  } finally {
    clearTimeout(timer);
  }
}
