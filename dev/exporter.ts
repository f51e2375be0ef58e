import { terminate } from "./terminate.ts";

/** Options for {@linkcode startExporter}. */
export interface ExporterOptions {
  /** The folder with `main.ts`. */
  readonly root: string;
  readonly walletConfig: string;
  /** The port it is to serve on. */
  readonly port: number;
}

/** The exporter, running from source as a child of this program. */
export interface Exporter {
  /** Settles once it answers over HTTP; never, if it ends before. */
  readonly served: Promise<void>;
  /** Its exit code. */
  readonly exited: Promise<number>;
  /** Ends it and returns when it is gone. Once more is fine. */
  readonly stop: () => Promise<void>;
}

/** Starts the exporter with the permissions it ships with, on this program's own output. */
export function startExporter(options: ExporterOptions): Exporter {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-P", "main.ts"],
    cwd: options.root,
    clearEnv: true,
    env: environment(options),
    // Without a terminal to ask on, a missing permission is an error at once.
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
      poll(`http://127.0.0.1:${options.port}/metrics`, () => running).then((
        up,
      ) => up && resolve());
    }),
    stop: () => terminate(child),
  };
}

/** What the user has set, but for what would move the exporter away from this stack. */
function environment(
  { walletConfig, port }: ExporterOptions,
): Record<string, string> {
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
