import { freePort } from "./free_port.ts";
import { until } from "./until.ts";

/** An alert as Alertmanager reports it. */
export interface AlertmanagerAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly fingerprint: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly status: {
    readonly state: "unprocessed" | "active" | "suppressed";
    /** Fingerprints of the alerts that inhibit it. */
    readonly inhibitedBy: readonly string[];
  };
}

/** A real Alertmanager. */
export interface Alertmanager extends AsyncDisposable {
  readonly url: string;
  /** The alerts that fire now, inhibited ones included. */
  readonly alerts: () => Promise<readonly AlertmanagerAlert[]>;
}

/** How Alertmanager is started. */
export interface AlertmanagerOptions {
  /** Additional flags. */
  readonly args?: readonly string[];
  /** @default any free port */
  readonly port?: number;
  /** Sent with each request to it. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** `ALERTMANAGER`, or the name in Debian's package, or that of a release. */
const named = Deno.env.get("ALERTMANAGER");
const PROGRAMS = named === undefined ? ["prometheus-alertmanager", "alertmanager"] : [named];

/** What to say if {@linkcode startAlertmanager} finds none. */
export const NO_ALERTMANAGER = "there is no Alertmanager; name one with ALERTMANAGER";

/**
 * Starts Alertmanager on 127.0.0.1, and waits until it responds.
 *
 * @param config its configuration, as YAML or JSON
 * @returns `undefined` where it is not installed
 * @throws {Error} with its log if it exits or does not respond
 */
export async function startAlertmanager(
  config: string,
  { args = [], port = freePort(), headers = {} }: AlertmanagerOptions = {},
): Promise<Alertmanager | undefined> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/alertmanager.yml`, config);
  const child = spawnFirst(PROGRAMS, [
    `--config.file=${folder}/alertmanager.yml`,
    `--storage.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--cluster.listen-address=",
    "--log.level=warn",
    ...args,
  ]);
  if (child === undefined) {
    await Deno.remove(folder, { recursive: true });
    return undefined;
  }
  const logged = new Response(child.stderr).text();
  let over = false;
  const ended = child.status.then(() => over = true);
  const url = `http://127.0.0.1:${port}`;
  async function stop(): Promise<string> {
    if (!over) child?.kill("SIGTERM");
    await ended;
    await Deno.remove(folder, { recursive: true });
    return await logged;
  }
  const isReady = await until(
    "Alertmanager is ready",
    async () => over ? "no" : await responds(`${url}/-/ready`, headers) && "yes",
  )
    .catch(() => "no");
  if (isReady === "no") throw new Error(`Alertmanager did not start:\n${await stop()}`);
  return {
    url,
    alerts: async () => await (await fetch(`${url}/api/v2/alerts`, { headers })).json(),
    [Symbol.asyncDispose]: async () => void await stop(),
  };
}

function spawnFirst(programs: readonly string[], args: readonly string[]): Deno.ChildProcess | undefined {
  for (const program of programs) {
    try {
      return new Deno.Command(program, { args: [...args], stdin: "null", stdout: "null", stderr: "piped" }).spawn();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}

async function responds(url: string, headers: Readonly<Record<string, string>>): Promise<boolean> {
  const response = await fetch(url, { headers });
  await response.body?.cancel();
  return response.ok;
}
