import { cleanForeign } from "./redact.ts";

/** The exit codes of the program. systemd does not restart it after 1 and 2. */
export const EXIT = {
  /** Clean stop, or success. */
  ok: 0,
  /** The configuration or the environment was refused, or `check` failed. */
  refused: 1,
  /** Unknown command or flag, or a flag's value is wrong. */
  usage: 2,
  /** `once`: a balance could not be read. */
  notRead: 3,
  /** `once`: a balance is below its minimum. */
  low: 4,
  /** Anything else: a port in use, a bug. */
  failure: 70,
} as const;

/** One of the exit codes of {@linkcode EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An error that ends the program. */
export class ExitError extends Error {
  override readonly name = "ExitError";
  readonly exitCode: ExitCode;
  /** What to do about it, without a full stop; empty when the message says it. */
  readonly advice: string;

  /**
   * @param message what is wrong and where, without a full stop
   * @param advice what to do about it, without a full stop
   */
  constructor(exitCode: ExitCode, message: string, advice = "") {
    super(message);
    this.exitCode = exitCode;
    this.advice = advice;
  }
}

/** Enough to find the place; the outer frames are always the same. */
const MAX_FRAMES = 3;

/**
 * Describes an unexpected error for the log and for a bug report, without secrets and without folder names. In the
 * compiled program the places are in the bundle; `deno task where` translates them.
 *
 * @returns such as `TypeError: x is not a function (serve.ts:131:50 routes.ts:20:3)`
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const frames = framesOf(error);
  const where = frames.length === 0 ? "" : ` (${cleanForeign(frames.join(" "))})`;
  return `${cleanForeign(`${error.name}: ${error.message}`)}${where}`;
}

function framesOf({ stack, message }: Error): readonly string[] {
  if (typeof stack !== "string") return [];
  // The message comes first in the stack, and may contain lines that look like frames.
  const lines = stack.slice(stack.indexOf(message) + message.length).split("\n").filter((line) =>
    /^\s+at /.test(line) && !/\b(?:ext|node):/.test(line)
  );
  return lines.flatMap((line) => /[\w.-]+\.[jt]s:\d+:\d+(?=\)?$)/.exec(line)?.[0] ?? []).slice(0, MAX_FRAMES);
}
