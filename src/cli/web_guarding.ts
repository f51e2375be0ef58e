import type { Clock } from "../clock.ts";
import type { Tls, WebConfig } from "../config/web_config/web_config.ts";
import { watchFiles } from "../config/watch_files.ts";
import { ExitError } from "../errors.ts";
import { log } from "../log.ts";
import type { Guard } from "../web/guard.ts";
import type { Server } from "../web/serve.ts";

/** Everybody may read, over plain HTTP. */
export const UNGUARDED: WebConfig = { tls: undefined, headers: {}, users: new Map(), files: [] };

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
 * @throws {ExitError} when it cannot be used
 */
export async function readGuarding(file: string): Promise<WebConfig> {
  const { readWebConfig } = await import("../config/web_config/web_config.ts");
  return await readWebConfig(file);
}

/**
 * Takes over the web configuration whenever it changes, or a certificate that it
 * names. One that cannot be used leaves the one before in use.
 *
 * @param guarded see {@linkcode Guarded}
 * @param inUse the one that is in use
 */
export async function keepGuarding({ file, guard, server, clock, stop }: Guarded, inUse: WebConfig): Promise<void> {
  if (file === undefined) return;
  let current = inUse;
  await watchFiles({
    clock,
    stop,
    files: () => current.files,
    async onChange(): Promise<void> {
      try {
        const next = await readGuarding(file);
        if (!isSame(next.tls, current.tls)) await server.renew(next.tls);
        guard.guard(next);
        current = next;
        log.info("Web configuration reloaded", { file, url: server.url, users: next.users.size });
      } catch (error) {
        if (!(error instanceof ExitError)) throw error;
        const [problem = ""] = error.message.split("\n");
        log.error("The web configuration cannot be used", { problem, advice: "The one before stays in use" });
      }
    },
  });
}

function isSame(one: Tls | undefined, other: Tls | undefined): boolean {
  return one?.cert === other?.cert && one?.key === other?.key;
}
