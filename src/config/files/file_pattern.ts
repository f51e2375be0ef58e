import { basename } from "node:path";

/** Whether the last segment of a path is a pattern. */
export function isPattern(path: string): boolean {
  return basename(path).includes("*");
}

/**
 * Makes the test of names against a pattern, in which `*` stands for any number of characters. Hidden names never match:
 * Kubernetes keeps the versions of a mounted ConfigMap in hidden folders, and programs their temporary files.
 */
export function nameMatcher(pattern: string): (name: string) => boolean {
  const [start = "", ...middle] = pattern.split("*");
  const end = middle.pop();
  return (name) => {
    if (name.startsWith(".")) return false;
    if (end === undefined) return name === pattern;
    if (!name.startsWith(start) || !name.endsWith(end)) return false;
    let at = start.length;
    for (const part of middle) {
      const found = name.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return at <= name.length - end.length;
  };
}
