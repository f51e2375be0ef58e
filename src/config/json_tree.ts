import { findNodeAtLocation, getNodeValue, type Node } from "jsonc-parser";
import { parseJson } from "./parse_json.ts";
import { CUT, type Doubt, isCut, type Path, type SourceTree, TWICE } from "./source_tree.ts";

/**
 * Parses strict JSON to plain values with places.
 *
 * @param text the whole text
 * @param source where it came from, for messages
 * @throws {ConfigError} when it is not JSON
 */
export function jsonTree(text: string, source: string): SourceTree {
  const document = parseJson(text, source);
  const doubts: Doubt[] = [];
  look(document.root, [], document.text, doubts);
  return {
    value: getNodeValue(document.root),
    doubts,
    placeOf: (path, part) => document.positionAt(offsetOf(document.root, path, part)),
  };
}

function look(node: Node, path: Path, text: string, doubts: Doubt[]): void {
  const { type, offset, length, children = [] } = node;
  if (type === "number" && isCut(text.slice(offset, offset + length))) doubts.push({ path, part: "value", ...CUT });
  if (type === "array") children.forEach((child, index) => look(child, [...path, index], text, doubts));
  if (type !== "object") return;
  const keys = new Set<unknown>();
  for (const { children: [key, value] = [] } of children) {
    if (key === undefined || value === undefined) continue;
    const own = [...path, String(key.value)];
    if (keys.has(key.value)) doubts.push({ path: own, part: "key", ...TWICE });
    keys.add(key.value);
    look(value, own, text, doubts);
  }
}

function offsetOf(root: Node, path: Path, part: "key" | "value"): number {
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (node === undefined) continue;
    const [key] = node.parent?.type === "property" ? node.parent.children ?? [] : [];
    return length === path.length && part === "key" ? key?.offset ?? node.offset : node.offset;
  }
  return root.offset;
}
