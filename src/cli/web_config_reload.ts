import type { Stamp, Stamps } from "../config/files/stamps.ts";
import type { WebConfig } from "../config/web/web_config.ts";
import type { Guard } from "../server/guard.ts";
import type { Server } from "../server/serve.ts";
import type { Clock } from "../util/clock.ts";
import { EXIT, ExitError } from "../util/errors.ts";
import { log } from "../util/log.ts";
import { reloadFileLoop } from "./reload_file.ts";

/** Plain HTTP without passwords. */
export const NO_WEB_CONFIG: WebConfig = { tls: undefined, headers: {}, users: new Map() };

/** Options of {@linkcode reloadWebConfigLoop}. */
export interface WebConfigReload {
  /** Undefined without a web configuration. */
  readonly file: string | undefined;
  readonly guard: Guard;
  readonly server: Server;
  readonly clock: Clock;
  readonly stop: AbortSignal;
}

/**
 * Reads a web configuration. Its parser is loaded only here, since most exporters have none.
 *
 * @param stamps filled with every file that was read
 * @throws {ExitError} when it cannot be used
 */
export async function loadWebConfig(file: string, stamps?: Map<string, Stamp>): Promise<WebConfig> {
  const { readWebConfig } = await import("../config/web/web_config.ts");
  return await readWebConfig(file, stamps);
}

/**
 * Applies the web configuration whenever its file, or a certificate that it names, changes. If it cannot be used, the
 * previous one stays in use.
 *
 * @param initial the web configuration in use
 * @param stamps its files, as they were before they were read
 */
export async function reloadWebConfigLoop(
  { file, guard, server, clock, stop }: WebConfigReload,
  initial: WebConfig,
  stamps: Stamps,
): Promise<void> {
  let active = initial;
  await reloadFileLoop({
    file,
    stamps,
    clock,
    stop,
    refused: REFUSED,
    async reload(file, stamps) {
      const next = await loadWebConfig(file, stamps);
      refuseToOpen(next, active);
      if (!isSame(next.tls, active.tls)) server.renew(next.tls);
      guard.apply(next);
      active = next;
      log.info("Web configuration reloaded", { file, tls: next.tls !== undefined, users: next.users.size });
    },
  });
}

const REFUSED = {
  error: "Invalid web configuration",
  summary: "Web configuration reload failed; keeping the previous web configuration",
} as const;

/** A file that is being written is empty for a moment, which must not remove the protection. */
function refuseToOpen(next: WebConfig, active: WebConfig): void {
  const opens = active.users.size > 0 && next.users.size === 0 || active.tls !== undefined && next.tls === undefined;
  if (!opens) return;
  const message = "The new web configuration would remove the passwords or TLS in use";
  throw new ExitError(EXIT.refused, message, "Restart the exporter if this is intended");
}

function isSame(one: WebConfig["tls"], other: WebConfig["tls"]): boolean {
  return one?.cert === other?.cert && one?.key === other?.key;
}
