import { log } from "../util/log.ts";
import { cleanForeign } from "../util/redact.ts";

/** Tells systemd how this service fares, as `sd_notify(3)` describes it. */
export interface Notifier {
  /**
   * Sends what is said together. A failure is told in the log, once, and is no
   * fault: what is watched matters more than who is told.
   *
   * @param lines such as `READY=1`
   */
  tell(...lines: readonly string[]): Promise<void>;
  /** Leaves no socket behind. */
  close(): void;
}

/** Reads a variable of the environment. */
export type Env = (name: string) => string | undefined;

/** The one folder below which the shipped permissions let a socket be made. */
const RUNTIME_DIRECTORY = "/run/wallet-balance-exporter";

/**
 * Opens the way to systemd, if it started this program as a service of the type `notify`.
 *
 * @param env for `NOTIFY_SOCKET` and `RUNTIME_DIRECTORY`
 * @returns none when nobody wants to be told, or cannot be, which is logged
 */
export function openNotifier(env: Env): Notifier | undefined {
  const path = env("NOTIFY_SOCKET") ?? "";
  if (path === "") {
    log.debug("NOTIFY_SOCKET is not set, systemd is not told how the service fares");
    return undefined;
  }
  const advice = `The unit needs Type=exec, or systemd's own socket and RuntimeDirectory=wallet-balance-exporter`;
  if (!path.startsWith("/")) {
    log.warn("NOTIFY_SOCKET is no path, systemd is not told how the service fares", { advice });
    return undefined;
  }
  const [folder = ""] = (env("RUNTIME_DIRECTORY") ?? "").split(":");
  const own = `${folder === "" ? RUNTIME_DIRECTORY : folder}/notify.sock`;
  try {
    removeIfThere(own);
    return notifierTo(path, Deno.listenDatagram({ transport: "unixpacket", path: own }), own);
  } catch (error) {
    log.warn("systemd cannot be told how the service fares", { problem: describe(error), advice });
    return undefined;
  }
}

/** Nothing waits longer for systemd, in milliseconds. */
const PATIENCE = 500;

function notifierTo(path: string, socket: Deno.DatagramConn, own: string): Notifier {
  const encoder = new TextEncoder();
  let isBroken = false;
  let isClosed = false;
  let sending: Promise<void> | undefined;

  async function send(text: string): Promise<void> {
    try {
      await socket.send(encoder.encode(text), { transport: "unixpacket", path });
      isBroken = false;
    } catch (error) {
      if (!isBroken && !isClosed) log.warn("systemd was not told how the service fares", { problem: describe(error) });
      isBroken = true;
    }
  }

  return {
    async tell(...lines): Promise<void> {
      // One that waits for room in systemd's queue waits alone: the next would only tell what is newer.
      if (sending !== undefined) return;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const waited = new Promise<void>((resolve) => timer = setTimeout(resolve, PATIENCE));
      sending = send(lines.join("\n")).finally(() => sending = undefined);
      await Promise.race([sending, waited]);
      clearTimeout(timer);
    },
    close(): void {
      isClosed = true;
      socket.close();
      removeIfThere(own);
    },
  };
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function describe(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) {
    return `the program may use /run/systemd/notify and what is below ${RUNTIME_DIRECTORY}, and no other socket`;
  }
  return error instanceof Error ? cleanForeign(error.message) : "unknown";
}
