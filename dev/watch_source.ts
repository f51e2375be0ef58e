import { basename, join, relative } from "node:path";

/** Watches the source for changes. */
export interface SourceWatch extends Disposable {
  /** Settles with a changed path, after the last of several changes. */
  readonly next: () => Promise<string>;
}

/** Watches `main.ts`, `deno.json` and `src/` in `root`. Changes within `quietMs` of each other are one. */
export function watchSource(root: string, quietMs = 200): SourceWatch {
  // Folders and not files: editors replace files, and a watcher would stay on the old one.
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

/** Returns whether a path is source, and not a backup or swap file of an editor. */
export function isSource(path: string): boolean {
  if (path === "main.ts" || path === "deno.json") return true;
  return /^src[/\\]/.test(path) &&
    /^[^.].*\.(ts|json|css|svg|html)$/.test(basename(path));
}
