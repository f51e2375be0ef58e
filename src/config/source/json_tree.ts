import type { JsonIndex, JsonPlace } from "./json_index.ts";
import { placesIn } from "./parse_json.ts";
import {
  DUPLICATE_KEY,
  losesPrecision,
  type Path,
  PRECISION_LOSS,
  type SourceTree,
  type SourceWarning,
} from "./source_tree.ts";

/**
 * Finds the places of strict JSON.
 *
 * @param text the whole text
 * @param source where it came from, for messages
 * @param value what `JSON.parse` makes of the text
 * @throws {ConfigError} when it is nested too deeply
 */
export function jsonTree(text: string, source: string, value: unknown): SourceTree {
  const { index, positionAt } = placesIn(text, source);
  const warnings: SourceWarning[] = [];
  look(index, 0, [], warnings);
  const large: LargeObjects = new Map();
  return {
    value,
    warnings,
    placeOf: (path, part) => positionAt(offsetOf(index, large, path, part)),
  };
}

/** @param path to the value; changed on the way and restored */
function look(index: JsonIndex, place: JsonPlace, path: (string | number)[], warnings: SourceWarning[]): void {
  const type = index.typeOf(place);
  if (type === "number" && losesPrecision(index.textOf(place))) {
    warnings.push({ path: [...path], part: "value", ...PRECISION_LOSS });
  }
  if (type !== "array" && type !== "object") return;
  const keys = new Set<string>();
  let count = 0;
  let key: string | undefined;
  for (const child of index.children(place)) {
    if (type === "object" && key === undefined) {
      key = index.textOf(child);
      if (keys.has(key)) warnings.push({ path: [...path, key], part: "key", ...DUPLICATE_KEY });
      keys.add(key);
      continue;
    }
    path.push(key ?? count++);
    look(index, child, path, warnings);
    path.pop();
    key = undefined;
  }
}

function offsetOf(index: JsonIndex, large: LargeObjects, path: Path, part: "key" | "value"): number {
  let [key, value]: readonly [JsonPlace, JsonPlace] = [0, 0];
  for (const [step, name] of path.entries()) {
    const next = typeof name === "number" ? elementOf(index, value, name) : memberOf(index, large, value, name);
    if (next === undefined) return index.offsetOf(value);
    [key, value] = next;
    if (step === path.length - 1 && part === "key") return index.offsetOf(key);
  }
  return index.offsetOf(value);
}

type Member = readonly [key: JsonPlace, value: JsonPlace];

function elementOf(index: JsonIndex, array: JsonPlace, place: number): Member | undefined {
  const element = index.typeOf(array) === "array" ? index.elementOf(array, place) : undefined;
  return element === undefined ? undefined : [element, element];
}

/** The members of objects that have many: looking through all of them for each mistake would take minutes. */
type LargeObjects = Map<JsonPlace, ReadonlyMap<string, Member>>;

/** An object with more members is large. */
const MAX_LINEAR_SEARCH = 64;

function memberOf(index: JsonIndex, large: LargeObjects, object: JsonPlace, name: string): Member | undefined {
  if (index.typeOf(object) !== "object") return undefined;
  const known = large.get(object);
  if (known !== undefined) return known.get(name);
  const members = new Map<string, Member>();
  let count = 0;
  for (const [key, member] of membersOf(index, object)) {
    count++;
    if (!members.has(key)) members.set(key, member);
  }
  if (count > MAX_LINEAR_SEARCH) large.set(object, members);
  return members.get(name);
}

function* membersOf(index: JsonIndex, object: JsonPlace): Iterable<readonly [string, Member]> {
  let key: JsonPlace | undefined;
  for (const child of index.children(object)) {
    if (key === undefined) key = child;
    else {
      yield [index.textOf(key), [key, child]];
      key = undefined;
    }
  }
}
