import type { Stamp, Stamps } from "../config/files/stamps.ts";
import { watchFiles } from "../config/files/watch_files.ts";
import type { Clock } from "../util/clock.ts";
import { type RefusalMessages, reportRefusal } from "./report_problems.ts";

/** Options of {@linkcode reloadFileLoop}. */
export interface FileReload {
  /** Undefined without such a file. */
  readonly file: string | undefined;
  /** It and the files that it names, as they were before they were read. */
  readonly stamps: Stamps;
  readonly clock: Clock;
  readonly stop: AbortSignal;
  /**
   * Reads and applies it.
   *
   * @param stamps filled with every file that was read
   * @throws whatever makes it unusable
   */
  readonly reload: (file: string, stamps: Map<string, Stamp>) => Promise<void>;
  readonly refused: RefusalMessages;
}

/**
 * Applies a file besides the configuration whenever it, or one that it names, changes. If it cannot be used, what was
 * read before stays in use, and its files are still watched.
 */
export async function reloadFileLoop({ file, stamps, clock, stop, reload, refused }: FileReload): Promise<void> {
  if (file === undefined) return;
  let files = stamps;
  await watchFiles({
    clock,
    stop,
    main: file,
    files: () => files,
    async onChange(): Promise<Stamps> {
      const stamps = new Map<string, Stamp>();
      try {
        await reload(file, stamps);
        files = stamps;
      } catch (error) {
        reportRefusal(error, refused);
      }
      return stamps;
    },
  });
}
