import type { Node } from "jsonc-parser";

/** A JSON value with what the exporter's labels need of it: the text of numbers, the place. */
export type JsonValue =
  & { readonly offset: number }
  & (
    | { readonly type: "string"; readonly text: string }
    | { readonly type: "number"; readonly source: string }
    | { readonly type: "boolean" | "null" }
    | { readonly type: "array"; readonly items: readonly Node[] }
    | { readonly type: "object"; readonly members: readonly Member[] }
  );

/** One `"key": value` of an object, in the order of the text; keys may repeat. */
export interface Member {
  readonly key: string;
  /** The place of the key. */
  readonly offset: number;
  readonly value: Node;
}

/**
 * Looks at one node of a tree without going deeper.
 *
 * @param node from {@linkcode parseTree}
 * @param text the text the tree was made from
 */
export function jsonValue(node: Node, text: string): JsonValue {
  const { offset, length, children = [] } = node;
  switch (node.type) {
    case "string":
      return { type: "string", offset, text: node.value };
    case "number":
      return {
        type: "number",
        offset,
        source: text.slice(offset, offset + length),
      };
    case "array":
      return { type: "array", offset, items: children };
    case "object":
      return { type: "object", offset, members: children.flatMap(memberOf) };
    default:
      return { type: node.type === "boolean" ? "boolean" : "null", offset };
  }
}

function memberOf(property: Node): readonly Member[] {
  const [key, value] = property.children ?? [];
  if (key === undefined || value === undefined) return [];
  return [{ key: key.value, offset: key.offset, value }];
}
