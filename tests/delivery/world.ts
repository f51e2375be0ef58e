import { type Exporter, startExporter } from "../program/exporter.ts";
import { freePort } from "../program/free_port.ts";
import { firstPoll } from "../program/wait_for_poll.ts";
import { PATIENCE } from "../program/until.ts";

/** The namespace of all releases; the chart's tests use it too. */
export const NAMESPACE = "ns";

/** A minute of the rules and of Alertmanager is a second of the test, so all proportions are kept. */
export const SPEED = 60;

/** In seconds; long enough for a poll on a busy machine. */
const INTERVAL = 3;

/** Coins, in Wei. */
export function coins(count: number): bigint {
  return BigInt(Math.round(count * 1e6)) * 10n ** 12n;
}

/** A wallet of a configuration of version 2. */
export interface Wallet extends Readonly<Record<string, unknown>> {
  readonly address: string;
  readonly label: string;
}

let wallets = 0;

/**
 * A wallet with an address of its own.
 *
 * @param rest its thresholds, labels and tokens
 */
export function wallet(label: string, rest: Readonly<Record<string, unknown>> = {}): Wallet {
  return { address: `0x${(++wallets).toString(16).padStart(40, "e")}`, label, ...rest };
}

/** A configuration of version 2, which is read every few seconds. */
export function configOf(
  networks: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): string {
  return JSON.stringify({
    version: 2,
    interval: `${INTERVAL}s`,
    networks: Object.entries(networks).map(([name, network]) => ({ name, ...network })),
  });
}

/** The same for {@linkcode fastProcessOf}. */
export function fastConfig(config: string): string {
  return config.replace(`"${INTERVAL}s"`, `"${SPEED * INTERVAL}s"`);
}

type Variables = Readonly<Record<string, string>>;

/** A process of the exporter, which can be killed and started again on its port. */
export interface Process extends AsyncDisposable {
  readonly port: number;
  readonly logged: () => string;
  /** Starts it, and waits until it has polled. */
  readonly start: () => Promise<void>;
  readonly signal: (signal: Deno.Signal) => void;
  /** Kills it without a warning. */
  readonly kill: () => Promise<void>;
}

/**
 * A process of a release; it does not run yet.
 *
 * @param env its variables
 */
export function processOf(release: string, env: Variables): Process {
  return restartable((port) =>
    startExporter({ RELEASE_NAME: release, POD_NAMESPACE: NAMESPACE, METRICS_PORT: `${port}`, ...env })
  );
}

/**
 * A process of a release whose clock runs {@linkcode SPEED} times as fast, always from source. It takes
 * {@linkcode fastConfig}.
 *
 * @param env its variables
 */
export function fastProcessOf(release: string, env: Variables): Process {
  const fast = { SPEED: `${SPEED}`, RPC_TIMEOUT: "10m" };
  return restartable((port) =>
    startExporter(
      { RELEASE_NAME: release, POD_NAMESPACE: NAMESPACE, METRICS_PORT: `${port}`, ...fast, ...env },
      [],
      [],
      [Deno.execPath(), "run", "-P", "tests/delivery/fast_main.ts"],
    )
  );
}

function restartable(run: (port: number) => Exporter): Process {
  const port = freePort();
  let running: Exporter | undefined;
  async function end(signal: Deno.Signal): Promise<void> {
    await running?.terminate(PATIENCE, signal);
  }
  return {
    port,
    async start() {
      running = { ...run(port), port };
      await firstPoll(running);
    },
    logged: () => running?.logged() ?? "",
    signal: (signal) => running?.signal(signal),
    kill: () => end("SIGKILL"),
    [Symbol.asyncDispose]: () => end("SIGTERM"),
  };
}
