/** The repository. */
export const ROOT = new URL("../../", import.meta.url);

/** The compiled binary that `EXPORTER_BIN` names, from the root or as a whole path; none: the source is tested. */
export const BINARY: string | undefined = binary();

/**
 * How the program is started: {@linkcode BINARY}, or from source with the
 * permissions that it ships with. The working folder must be {@linkcode ROOT}.
 *
 * @param args command and flags
 */
export function exporterCommand(args: readonly string[] = []): readonly [program: string, ...args: string[]] {
  return BINARY === undefined ? [Deno.execPath(), "run", "-P", "main.ts", ...args] : [BINARY, ...args];
}

function binary(): string | undefined {
  const path = Deno.env.get("EXPORTER_BIN") ?? "";
  return path === "" ? undefined : decodeURIComponent(new URL(path, ROOT).pathname);
}
