import type { JsonIndex, JsonMember, JsonPlace } from "./json_index.ts";
import type { Position } from "../model/problem.ts";
import { placesIn } from "./parse_json.ts";
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
  const { index, positionAt } = placesIn(text, source);
  return { value, warnings: findWarnings(index, 0, []), placeOf: placeFinder(index, positionAt) };
}

/** Makes the function that finds positions in an index. */
export function placeFinder(
  index: JsonIndex,
  positionAt: (offset: number) => Position,
): SourceTree["placeOf"] {
  const large: LargeObjects = new Map();
  return (path, part) => positionAt(offsetOf(index, large, path, part));
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

function offsetOf(index: JsonIndex, large: LargeObjects, path: Path, part: "key" | "value"): number {
  let [key, value]: readonly [JsonPlace, JsonPlace] = [0, 0];
  for (const [step, name] of path.entries()) {
    const next = typeof name === "number" ? elementOf(index, value, name) : memberOf(index, large, value, name);
    if (next === undefined) return index.offsetOf(value);
    ({ place: key, value } = next);
    if (step === path.length - 1 && part === "key") return index.offsetOf(key);
  }
  return index.offsetOf(value);
}

type Member = Pick<JsonMember, "place" | "value">;

function elementOf(index: JsonIndex, array: JsonPlace, place: number): Member | undefined {
  const element = index.typeOf(array) === "array" ? index.elementOf(array, place) : undefined;
  return element === undefined ? undefined : { place: element, value: element };
}

/** The members of objects that have many: searching all of them for each problem would take minutes. */
type LargeObjects = Map<JsonPlace, ReadonlyMap<string, Member>>;

/** Members of an object that are searched one by one. */
const MAX_LINEAR_SEARCH = 64;

function memberOf(index: JsonIndex, large: LargeObjects, object: JsonPlace, name: string): Member | undefined {
  if (index.typeOf(object) !== "object") return undefined;
  const known = large.get(object);
  if (known !== undefined) return known.get(name);
  const members = index.members(object);
  if (members.length <= MAX_LINEAR_SEARCH) return members.find(({ key }) => key === name);
  // Of equal keys the first one.
  large.set(object, new Map(members.toReversed().map((member) => [member.key, member])));
  return large.get(object)?.get(name);
}
