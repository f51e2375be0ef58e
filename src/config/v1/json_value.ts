import type { JsonIndex, JsonPlace } from "../source/json_index.ts";

/** A JSON value with what the exporter's labels need of it: the text of numbers, the place. */
export type JsonValue =
  & { readonly offset: number }
  & (
    | { readonly type: "string"; readonly text: string }
    | { readonly type: "number"; readonly source: string }
    | { readonly type: "boolean" | "null" }
    | { readonly type: "array"; readonly items: readonly JsonPlace[] }
    | { readonly type: "object"; readonly members: readonly Member[] }
  );

/** One `"key": value` of an object, in the order of the text; keys may repeat. */
export interface Member {
  readonly key: string;
  /** The place of the key. */
  readonly offset: number;
  readonly value: JsonPlace;
}

/**
 * Looks at one value without going deeper.
 *
 * @param index of the text
 * @param place which value
 */
export function jsonValue(index: JsonIndex, place: JsonPlace): JsonValue {
  const offset = index.offsetOf(place);
  const type = index.typeOf(place);
  switch (type) {
    case "string":
      return { type, offset, text: index.textOf(place) };
    case "number":
      return { type, offset, source: index.textOf(place) };
    case "array":
      return { type, offset, items: [...index.children(place)] };
    case "object":
      return { type, offset, members: membersOf(index, place) };
    default:
      return { type, offset };
  }
}

function membersOf(index: JsonIndex, object: JsonPlace): readonly Member[] {
  const members: Member[] = [];
  let key: JsonPlace | undefined;
  for (const child of index.children(object)) {
    if (key === undefined) {
      key = child;
      continue;
    }
    members.push({ key: index.textOf(key), offset: index.offsetOf(key), value: child });
    key = undefined;
  }
  return members;
}
