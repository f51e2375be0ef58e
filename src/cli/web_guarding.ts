import type { Clock } from "../util/clock.ts";
import type { Tls, WebConfig } from "../config/web/web_config.ts";
import { type Stamp, type Stamps, watchFiles } from "../config/files/watch_files.ts";
import { EXIT, ExitError } from "../util/errors.ts";
import { log } from "../util/log.ts";
import type { Guard } from "../server/guard.ts";
import type { Server } from "../server/serve.ts";
import { reportRefusal } from "./report_refusal.ts";

/** Everybody may read, over plain HTTP. */
export const UNGUARDED: WebConfig = { tls: undefined, headers: {}, users: new Map() };

/** What keeping a web configuration up to date takes. */
export interface Guarded {
  /** The file; none where nothing is guarded. */
  readonly file: string | undefined;
  readonly guard: Guard;
  readonly server: Server;
  readonly clock: Clock;
  readonly stop: AbortSignal;
}

/**
 * Reads a web configuration. What parses it is loaded only where there is one.
 *
 * @param file its path
 * @param stamps where every file is noted, as it looked before it was read
 * @throws {ExitError} when it cannot be used
 */
export async function readGuarding(file: string, stamps?: Map<string, Stamp>): Promise<WebConfig> {
  const { readWebConfig } = await import("../config/web/web_config.ts");
  return await readWebConfig(file, stamps);
}

/**
 * Takes over the web configuration whenever it changes, or a certificate that it
 * names. One that cannot be used leaves the one before in use.
 *
 * @param guarded see {@linkcode Guarded}
 * @param inUse the one that is in use
 * @param read its files, as they looked before they were read
 */
export async function keepGuarding(
  { file, guard, server, clock, stop }: Guarded,
  inUse: WebConfig,
  read: Stamps,
): Promise<void> {
  if (file === undefined) return;
  let current = inUse;
  let files = read;
  await watchFiles({
    clock,
    stop,
    main: file,
    files: () => files,
    async onChange(): Promise<Stamps> {
      const stamps = new Map<string, Stamp>();
      try {
        const next = await readGuarding(file, stamps);
        refuseToOpen(next, current);
        if (!isSame(next.tls, current.tls)) server.renew(next.tls);
        guard.guard(next);
        current = next;
        files = stamps;
        log.info("Web configuration reloaded", { file, tls: next.tls !== undefined, users: next.users.size });
      } catch (error) {
        reportRefusal(error, REFUSED);
      }
      return stamps;
    },
  });
}

const REFUSED = {
  message: "The web configuration cannot be used",
  summary: "Web configuration reload failed, the previous configuration stays in use",
} as const;

/** A file that is being written is empty for a moment: that must not open what was closed. */
function refuseToOpen(next: WebConfig, current: WebConfig): void {
  const opens = current.users.size > 0 && next.users.size === 0 || current.tls !== undefined && next.tls === undefined;
  if (!opens) return;
  const message = "it would take away the passwords or TLS that are in use";
  throw new ExitError(EXIT.refused, message, "Restart the exporter if that is meant");
}

function isSame(one: Tls | undefined, other: Tls | undefined): boolean {
  return one?.cert === other?.cert && one?.key === other?.key;
}
