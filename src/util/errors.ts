/** The exit codes of the program. systemd must not restart on 1 and 2. */
export const EXIT = {
  /** Clean stop, or success. */
  ok: 0,
  /** The configuration or the environment was refused, or `check` failed. */
  refused: 1,
  /** Unknown command or flag, or a flag's value is wrong. */
  usage: 2,
  /** `once`: something could not be read. */
  notRead: 3,
  /** `once`: something is below its minimum. */
  low: 4,
  /** Anything else: a port in use, a bug. */
  failure: 70,
} as const;

/** One of the exit codes of {@linkcode EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * An error that ends the program: `message` says what is wrong and where,
 * `advice` what to do about it.
 */
export class ExitError extends Error {
  override readonly name = "ExitError";
  /** The exit code the program ends with. */
  readonly exitCode: ExitCode;
  /** What to do about it, without a full stop; empty when the message says it. */
  readonly advice: string;

  /**
   * @param exitCode what the program ends with
   * @param message what is wrong, without a full stop
   * @param advice what to do about it, without a full stop
   */
  constructor(exitCode: ExitCode, message: string, advice = "") {
    super(message);
    this.exitCode = exitCode;
    this.advice = advice;
  }
}
