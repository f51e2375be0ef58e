import type { Config } from "../config/config.ts";
import { EXIT, ExitError } from "../errors.ts";
import { failsCheck } from "./check_command.ts";
import type { Settings } from "./options.ts";

/**
 * Refuses a configuration with problems where that is wanted.
 *
 * @param config what was read
 * @param settings the flags
 * @throws {ExitError} with `--config.strict`, when `check` would fail
 */
export function refuseIfStrict({ problems, source }: Config, { strict }: Settings): void {
  if (!strict || !failsCheck(problems)) return;
  const advice = "Run the command check for the whole list, or start without --config.strict";
  throw new ExitError(EXIT.refused, `The configuration ${source} has problems`, advice);
}
