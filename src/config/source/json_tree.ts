import type { JsonIndex, JsonMember, JsonPlace } from "./json_index.ts";
import { indexStrictJson } from "./parse_json.ts";
import {
  duplicateKey,
  losesPrecision,
  type Path,
  PRECISION_LOSS,
  type SourceTree,
  type SourceWarning,
} from "./source_tree.ts";

/**
 * Makes the source tree of strict JSON.
 *
 * @param value what `JSON.parse` makes of the text
 * @throws {ConfigError} when it is nested too deeply
 */
export function jsonTree(text: string, source: string, value: unknown): SourceTree {
  const index = indexStrictJson(text, source);
  return { value, warnings: findWarnings(index, 0, []), placeOf: placeFinder(index) };
}

/** Makes the function that finds positions in an index. */
export function placeFinder(index: JsonIndex): SourceTree["placeOf"] {
  const large: LargeObjects = new Map();
  return (path, part) => {
    let place: JsonPlace = 0;
    for (const [step, key] of path.entries()) {
      const wanted = part === "key" && step === path.length - 1 ? "place" : "value";
      const next = typeof key === "number"
        ? elementOf(index, place, key)
        : memberOf(index, large, place, key)?.[wanted];
      if (next === undefined) break;
      place = next;
    }
    return index.positionOf(place);
  };
}

/**
 * Finds numbers that lose digits, and duplicate keys, in a value.
 *
 * @param path to the value
 */
export function findWarnings(index: JsonIndex, root: JsonPlace | undefined, path: Path): readonly SourceWarning[] {
  const warnings: SourceWarning[] = [];
  const steps = [...path];
  function visit(place: JsonPlace, step?: string | number): void {
    const type = index.typeOf(place);
    if (step !== undefined) steps.push(step);
    if (type === "number" && losesPrecision(index.textOf(place))) {
      warnings.push({ path: [...steps], part: "value", ...PRECISION_LOSS });
    } else if (type === "array") {
      let count = 0;
      for (const child of index.children(place)) visit(child, count++);
    } else if (type === "object") {
      const keys = new Set<string>();
      for (const { key, value } of index.members(place)) {
        if (keys.has(key)) warnings.push({ path: [...steps, key], part: "key", ...duplicateKey(key) });
        keys.add(key);
        visit(value, key);
      }
    }
    if (step !== undefined) steps.pop();
  }
  if (root !== undefined) visit(root);
  return warnings;
}

function elementOf(index: JsonIndex, array: JsonPlace, place: number): JsonPlace | undefined {
  return index.typeOf(array) === "array" ? index.elementOf(array, place) : undefined;
}

/** The members of objects that have many: searching all of them for each problem would take minutes. */
type LargeObjects = Map<JsonPlace, ReadonlyMap<string, JsonMember>>;

/** Members of an object that are searched one by one. */
const MAX_LINEAR_SEARCH = 64;

function memberOf(index: JsonIndex, large: LargeObjects, object: JsonPlace, name: string): JsonMember | undefined {
  if (index.typeOf(object) !== "object") return undefined;
  const known = large.get(object);
  if (known !== undefined) return known.get(name);
  const members = index.members(object);
  if (members.length <= MAX_LINEAR_SEARCH) return members.find(({ key }) => key === name);
  // Of equal keys the first one.
  large.set(object, new Map(members.toReversed().map((member) => [member.key, member])));
  return large.get(object)?.get(name);
}
