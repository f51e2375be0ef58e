import type { Env } from "../util/process.ts";
import { log } from "../util/log.ts";
import { cleanForeign } from "../util/redact.ts";

/** Sends the state of this service to systemd, as described in sd_notify(3). */
export interface Notifier {
  /**
   * Sends assignments in one message. A failure is logged once and has no other effect.
   *
   * @param lines such as `READY=1`
   */
  notify(...lines: readonly string[]): Promise<void>;
  /** Removes the socket. */
  close(): void;
}

/** The only folder in which the shipped permissions allow to create a socket. */
const RUNTIME_DIRECTORY = "/run/wallet-balance-exporter";

/**
 * Opens a notifier if systemd started this program as a service of `Type=notify`.
 *
 * @param env for `NOTIFY_SOCKET` and `RUNTIME_DIRECTORY`
 * @returns undefined without systemd, or when its socket cannot be used, which is logged
 */
export function openNotifier(env: Env): Notifier | undefined {
  const path = env("NOTIFY_SOCKET") ?? "";
  if (path === "") {
    log.debug("NOTIFY_SOCKET is not set, systemd is not notified");
    return undefined;
  }
  const advice = "Use Type=exec, or systemd's own socket and RuntimeDirectory=wallet-balance-exporter";
  if (!path.startsWith("/")) {
    log.warn("NOTIFY_SOCKET is not an absolute path, systemd is not notified", { advice });
    return undefined;
  }
  const [folder = ""] = (env("RUNTIME_DIRECTORY") ?? "").split(":");
  const own = `${folder === "" ? RUNTIME_DIRECTORY : folder}/notify.sock`;
  try {
    removeIfExists(own);
    return createNotifier(path, Deno.listenDatagram({ transport: "unixpacket", path: own }), own);
  } catch (error) {
    log.warn("Cannot notify systemd", { problem: reasonOf(error), advice });
    return undefined;
  }
}

/** The exporter does not wait longer for systemd, in milliseconds. */
const MAX_WAIT = 500;

function createNotifier(path: string, socket: Deno.DatagramConn, own: string): Notifier {
  const encoder = new TextEncoder();
  let hasFailed = false;
  let isClosed = false;
  let sending: Promise<void> | undefined;

  async function send(text: string): Promise<void> {
    try {
      await socket.send(encoder.encode(text), { transport: "unixpacket", path });
      hasFailed = false;
    } catch (error) {
      if (!hasFailed && !isClosed) log.warn("Notifying systemd failed", { problem: reasonOf(error) });
      hasFailed = true;
    }
  }

  return {
    async notify(...lines): Promise<void> {
      // While a message waits for room in systemd's queue, others are dropped: the next one is newer anyway.
      if (sending !== undefined) return;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const waited = new Promise<void>((resolve) => timer = setTimeout(resolve, MAX_WAIT));
      sending = send(lines.join("\n")).finally(() => sending = undefined);
      await Promise.race([sending, waited]);
      clearTimeout(timer);
    },
    close(): void {
      isClosed = true;
      socket.close();
      removeIfExists(own);
    },
  };
}

function removeIfExists(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) {
    return `the program may only use /run/systemd/notify and sockets in ${RUNTIME_DIRECTORY}`;
  }
  return error instanceof Error ? cleanForeign(error.message) : "unknown";
}
