import { basename, join, relative } from "node:path";

/** Tells of changes to the source. */
export interface SourceWatch extends Disposable {
  /** Settles with a path that changed since the last call settled, once all is quiet again. */
  readonly next: () => Promise<string>;
}

/**
 * Watches what the exporter is made of: `main.ts`, `deno.json` and `src/`
 * below `root`. Changes that follow each other within `quietMs` are one.
 */
export function watchSource(root: string, quietMs = 200): SourceWatch {
  // Editors replace a file, and a watch on the file itself would stay with the old one.
  const watchers = [
    Deno.watchFs(root, { recursive: false }),
    Deno.watchFs(join(root, "src"), { recursive: true }),
  ];
  let change = Promise.withResolvers<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function follow(watcher: Deno.FsWatcher): Promise<void> {
    for await (const { kind, paths } of watcher) {
      const path = paths.map((path) => relative(root, path)).find(isSource);
      if (kind === "access" || path === undefined) continue;
      clearTimeout(timer);
      timer = setTimeout(() => change.resolve(path), quietMs);
    }
  }
  watchers.forEach(follow);

  return {
    next: async () => {
      const path = await change.promise;
      change = Promise.withResolvers();
      return path;
    },
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      watchers.forEach((watcher) => watcher.close());
    },
  };
}

/** Whether a path below the root is source, and no editor's backup or swap file. */
export function isSource(path: string): boolean {
  if (path === "main.ts" || path === "deno.json") return true;
  return /^src[/\\]/.test(path) &&
    /^[^.].*\.(ts|json|css|svg|html)$/.test(basename(path));
}
