import type { Config } from "./model/config.ts";
import { readV1 } from "./v1/read_v1.ts";
import { refusal, tooDeep } from "./model/problem.ts";
import type { SourceTree } from "./source/source_tree.ts";
import type { LoadContext } from "./model/load_context.ts";

/**
 * Reads a configuration of either version: version 2 has a key `version`, in
 * JSON or YAML; everything else is version 1.
 *
 * @throws {ConfigError} when it cannot be used
 */
export async function readConfig(text: string, source: string, context: LoadContext): Promise<Config> {
  const tree = await treeOf(text, source);
  if (tree === undefined) return readV1(text, source);
  const { readV2 } = await import("./v2/read_v2.ts");
  return await readV2(tree, source, context);
}

/** The tree of version 2, whose parsers are loaded on use; none of version 1. */
async function treeOf(text: string, source: string): Promise<SourceTree | undefined> {
  // Parsed once: each time leaves garbage as large as the wallets.
  const value = versionedJson(text);
  if (value !== undefined) {
    const { jsonTree } = await import("./source/json_tree.ts");
    return jsonTree(text, source, value);
  }
  if (isYaml(text)) {
    refuseWithoutSpace(text, source);
    const { yamlTree } = await import("./source/yaml_tree.ts");
    try {
      return yamlTree(text, source);
    } catch (error) {
      throw error instanceof RangeError ? tooDeep(source) : error;
    }
  }
  return undefined;
}

/** Without a space after its colon YAML has a string and no key. */
function refuseWithoutSpace(text: string, source: string): void {
  const lines = text.split("\n");
  const index = lines.findIndex((line) => /^version:[^\s]/.test(line));
  if (index === -1 || lines.some((line) => /^version[ \t]*:\s/.test(line))) return;
  throw refusal(source, "Missing space after the colon", "Write version: 2", { line: index + 1, column: 9 });
}

/** Not JSON, and with a key `version` on a line of its own, or first in braces. */
function isYaml(text: string): boolean {
  const bare = text.replace(/^\uFEFF/, "");
  if (/^\s*\{/.test(bare)) return /^\s*\{\s*["']?version["']?[ \t]*:/.test(bare) && !isJson(bare);
  return !/^\s*\[/.test(bare) && /^["']?version["']?[ \t]*:/m.test(bare);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON with a top-level key `version`. */
function versionedJson(text: string): object | undefined {
  if (!text.includes('"version"')) return undefined;
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return typeof value === "object" && value !== null && Object.hasOwn(value, "version") ? value : undefined;
  } catch {
    // Reported by the reader of version 1.
    return undefined;
  }
}
