import { until } from "./until.ts";

/** A program that is not ours and serves HTTP on this machine. */
export interface Server extends AsyncDisposable {
  readonly url: string;
  /** What it has printed so far. */
  readonly printed: () => string;
}

/** How a program is started. */
export interface ServerOptions {
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly port: number;
  /** Path that is successfully answered once it is ready. */
  readonly ready: string;
  readonly cwd?: string;
}

/** Starts a program and waits until it is ready. Throws with its output if it ends before. */
export async function startServer({ command, port, ready, cwd }: ServerOptions): Promise<Server> {
  const [program = "", ...args] = command;
  const child = new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...(cwd === undefined ? {} : { cwd }),
  }).spawn();
  let text = "";
  async function read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const part of stream.pipeThrough(new TextDecoderStream())) text += part;
  }
  let hasEnded = false;
  const ended = Promise.all([child.status, read(child.stdout), read(child.stderr)]).then(() => hasEnded = true);
  const url = `http://127.0.0.1:${port}`;
  const server: Server = {
    url,
    printed: () => text,
    async [Symbol.asyncDispose]() {
      if (!hasEnded) child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
  const isReady = await until(`${program} to be ready`, async () => {
    if (hasEnded) return "no";
    const response = await fetch(`${url}${ready}`);
    await response.body?.cancel();
    return response.ok && "yes";
  }).catch(async (error) => {
    await server[Symbol.asyncDispose]();
    throw new Error(`${error.message}:\n${text}`);
  });
  if (isReady === "no") throw new Error(`${program} ended:\n${text}`);
  return server;
}

/** The first of some programs that is installed, as `PATH` has it. */
export async function firstInstalled(programs: readonly string[]): Promise<string | undefined> {
  for (const program of programs) {
    try {
      await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).output();
      return program;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}

/** Prometheus, Alertmanager and others by their variable or name. Debian prefixes some of them. */
export const SERVERS = {
  prometheus: candidates("PROMETHEUS", "prometheus"),
  alertmanager: candidates("ALERTMANAGER", "alertmanager-new", "alertmanager", "prometheus-alertmanager"),
  pushgateway: candidates("PUSHGATEWAY", "pushgateway", "prometheus-pushgateway"),
  nodeExporter: candidates("NODE_EXPORTER", "node_exporter", "prometheus-node-exporter"),
} as const;

function candidates(variable: string, ...names: readonly string[]): readonly string[] {
  const given = Deno.env.get(variable) ?? "";
  return given === "" ? names : [given];
}
