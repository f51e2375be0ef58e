import { exporterCommand, ROOT } from "./exporter_command.ts";
import { freePort } from "./free_port.ts";
import { PATIENCE } from "./until.ts";

/** How a child ended and what it printed. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The exporter as a child process. */
export interface Exporter {
  /** The port on which it listens by default. */
  readonly port: number;
  readonly pid: number;
  /** Settles when it has ended. */
  readonly ended: Promise<Ended>;
  /** Whether it has ended. */
  readonly hasEnded: () => boolean;
  /** What it has logged so far. */
  readonly logged: () => string;
  /** Sends it a signal. */
  readonly signal: (signal: Deno.Signal) => void;
  /** Sends SIGTERM or another signal; kills it after the limit. Returns whether it ended in time. */
  readonly terminate: (limitMs: number, signal?: Deno.Signal) => Promise<boolean>;
}

/**
 * Starts the program from source with the permissions it ships with, or the
 * one that `EXPORTER_BIN` names, with an environment of its own.
 *
 * @param env its variables; `METRICS_PORT` is a free port unless given
 * @param args command and flags
 * @param through a command that starts the one after it, such as one that sets limits
 * @param command what is started, with its arguments
 */
export function startExporter(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  through: readonly string[] = [],
  command: readonly string[] = exporterCommand(args),
): Exporter {
  const port = freePort();
  const [program = "", ...given] = [...through, ...command];
  const child = new Deno.Command(program, {
    args: given,
    cwd: ROOT,
    clearEnv: true,
    env: { ...inherited(), METRICS_PORT: `${port}`, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();

  let over = false;
  let logged = "";
  async function readLog(): Promise<string> {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) logged += text;
    return logged;
  }
  const ended = Promise.all([
    child.status,
    new Response(child.stdout).text(),
    readLog(),
  ]).then(([{ code }, stdout, stderr]) => {
    over = true;
    return { code, stdout, stderr };
  });

  async function terminate(limitMs: number, signal: Deno.Signal = "SIGTERM"): Promise<boolean> {
    let inTime = true;
    send(child, signal);
    const timer = setTimeout(() => {
      inTime = false;
      send(child, "SIGKILL");
    }, limitMs);
    await ended;
    clearTimeout(timer);
    return inTime;
  }
  return {
    port,
    pid: child.pid,
    ended,
    hasEnded: () => over,
    logged: () => logged,
    signal: (signal) => send(child, signal),
    terminate,
  };
}

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

/** What a program needs to run at all. No proxy: only a case may name one. */
function inherited(): Record<string, string> {
  const names = [
    "PATH",
    "HOME",
    "DENO_DIR",
    "TMPDIR",
    "SystemRoot",
    "USERPROFILE",
  ];
  const found = names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...Object.fromEntries(found),
    NO_COLOR: "1",
    DENO_NO_UPDATE_CHECK: "1",
  };
}

function send(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    // It has ended already.
    if (
      !(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)
    ) {
      throw error;
    }
  }
}
