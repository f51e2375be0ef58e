import type { JsonIndex, JsonMember, JsonPlace } from "./json_index.ts";
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
  const warnings: SourceWarning[] = [];
  findWarnings(index, 0, [], warnings);
  const large: LargeObjects = new Map();
  return {
    value,
    warnings,
    placeOf: (path, part) => positionAt(offsetOf(index, large, path, part)),
  };
}

/** @param path to the value; changed on the way and restored */
function findWarnings(index: JsonIndex, place: JsonPlace, path: (string | number)[], warnings: SourceWarning[]): void {
  const type = index.typeOf(place);
  const visit = (step: string | number, child: JsonPlace): void => {
    path.push(step);
    findWarnings(index, child, path, warnings);
    path.pop();
  };
  if (type === "number" && losesPrecision(index.textOf(place))) {
    warnings.push({ path: [...path], part: "value", ...PRECISION_LOSS });
  } else if (type === "array") {
    let count = 0;
    for (const child of index.children(place)) visit(count++, child);
  } else if (type === "object") {
    const keys = new Set<string>();
    for (const { key, value } of index.members(place)) {
      if (keys.has(key)) warnings.push({ path: [...path, key], part: "key", ...duplicateKey(key) });
      keys.add(key);
      visit(key, value);
    }
  }
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
