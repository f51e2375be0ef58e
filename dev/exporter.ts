import { terminate } from "./system.ts";

/** Options for {@linkcode startExporter}. */
export interface ExporterOptions {
  /** The folder of `main.ts`. */
  readonly root: string;
  readonly walletConfig: string;
  readonly port: number;
}

/** The exporter, running from source as a child process. */
export interface Exporter {
  /** Settles when it responds to HTTP requests; never if it ends before. */
  readonly served: Promise<void>;
  /** Settles with its exit code. */
  readonly exited: Promise<number>;
  /** Stops it, if it still runs, and waits for its end. */
  readonly stop: () => Promise<void>;
}

/** Starts the exporter with the permissions it ships with. Its output goes to the terminal. */
export function startExporter(options: ExporterOptions): Exporter {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-P", "main.ts"],
    cwd: options.root,
    clearEnv: true,
    env: environment(options),
    // Without a terminal to prompt, a missing permission is an error.
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  let running = true;
  const exited = child.status.then(({ code }) => {
    running = false;
    return code;
  });
  return {
    exited,
    served: new Promise((resolve) => {
      poll(`http://127.0.0.1:${options.port}/metrics`, () => running).then((isUp) => isUp && resolve());
    }),
    stop: () => terminate(child),
  };
}

/** The user's environment, without variables that would point the exporter elsewhere. */
function environment({ walletConfig, port }: ExporterOptions): Record<string, string> {
  const { WALLET_CONFIG_FILE: _file, WEB_LISTEN_ADDRESS: _address, ...given } = Deno.env.toObject();
  return {
    ...given,
    WALLET_CONFIG: walletConfig,
    CHECK_INTERVAL: given["CHECK_INTERVAL"] || "5",
    METRICS_PORT: `${port}`,
  };
}

async function poll(url: string, isWanted: () => boolean): Promise<boolean> {
  while (isWanted()) {
    try {
      const response = await fetch(url);
      await response.body?.cancel();
      return isWanted();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  return false;
}
