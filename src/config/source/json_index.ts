import { type Position, positionsIn } from "../model/problem.ts";

/** The values of a JSON text by index, without a tree: 8 bytes per value, outside the heap. */
export interface JsonIndex {
  /** The type of a value; 0 is the root. */
  typeOf(value: JsonPlace): JsonType;
  /** Where a value starts in the text. */
  offsetOf(value: JsonPlace): number;
  /** The same as line and column. */
  positionOf(value: JsonPlace): Position;
  /** A string, or the source of a number or literal. */
  textOf(value: JsonPlace): string;
  /** The values of an array, or the keys and values of an object in turn. */
  children(value: JsonPlace): Iterable<JsonPlace>;
  /** The keys and values of an object, in their order; keys may repeat. */
  members(object: JsonPlace): readonly JsonMember[];
  /** The element of an array; fast for elements in order. */
  elementOf(array: JsonPlace, index: number): JsonPlace | undefined;
}

/** One `"key": value` of an object. */
export interface JsonMember {
  readonly key: string;
  /** That of the key. */
  readonly place: JsonPlace;
  readonly value: JsonPlace;
}

/** A value of a {@linkcode JsonIndex}. */
export type JsonPlace = number;

/** What a value is. */
export type JsonType = "object" | "array" | "string" | "number" | "boolean" | "null";

/** Nesting that no configuration needs. */
const MAX_DEPTH = 1000;

const TYPES: Readonly<Record<string, JsonType>> = { "{": "object", "[": "array", '"': "string" };

/**
 * Finds every value of a JSON text.
 *
 * @param text which `JSON.parse` accepts
 * @throws {RangeError} when it is nested too deeply
 */
export function indexJson(text: string): JsonIndex {
  const { starts, ends } = scan(text);
  /** The last requested element of each array: problems come in the order of the text. */
  const last = new Map<JsonPlace, { readonly index: number; readonly place: JsonPlace }>();

  const offsetOf = (place: JsonPlace): number => starts[place] ?? 0;

  /** Made for the first problem: most texts have none. */
  let positionAt: ReturnType<typeof positionsIn> | undefined;
  function positionOf(place: JsonPlace): Position {
    positionAt ??= positionsIn(text);
    return positionAt(offsetOf(place));
  }

  function typeOf(place: JsonPlace): JsonType {
    const first = text.charAt(offsetOf(place));
    return TYPES[first] ?? (first === "t" || first === "f" ? "boolean" : first === "n" ? "null" : "number");
  }

  function elementOf(array: JsonPlace, wanted: number): JsonPlace | undefined {
    const end = ends[array] ?? 0;
    const known = last.get(array);
    let { index, place } = known === undefined || known.index > wanted ? { index: 0, place: array + 1 } : known;
    for (; index < wanted && place < end; index++) place = ends[place] ?? end;
    last.set(array, { index, place });
    return place < end ? place : undefined;
  }

  function textOf(place: JsonPlace): string {
    const start = offsetOf(place);
    if (text.charAt(start) !== '"') return flat(text.slice(start, endOfLiteral(text, start)));
    return JSON.parse(text.slice(start, endOfString(text, start)));
  }

  function* children(place: JsonPlace): Iterable<JsonPlace> {
    const end = ends[place] ?? 0;
    for (let child = place + 1; child < end; child = ends[child] ?? end) yield child;
  }

  function members(object: JsonPlace): readonly JsonMember[] {
    const found: JsonMember[] = [];
    let key: JsonPlace | undefined;
    for (const child of children(object)) {
      if (key !== undefined) found.push({ key: textOf(key), place: key, value: child });
      key = key === undefined ? child : undefined;
    }
    return found;
  }

  return { typeOf, offsetOf, positionOf, elementOf, textOf, children, members };
}

interface Scan {
  /** Where each value starts, in the order of the text. */
  readonly starts: Uint32Array;
  /** The first value that is not within it. */
  readonly ends: Uint32Array;
}

function scan(text: string): Scan {
  let starts = new Uint32Array(1024);
  let ends = new Uint32Array(1024);
  let count = 0;
  const open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= SPACE || code === COMMA || code === COLON) continue;
    if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      ends[open.pop() ?? 0] = count;
      continue;
    }
    if (count === starts.length) [starts, ends] = [grown(starts), grown(ends)];
    starts[count] = at;
    ends[count] = count + 1;
    if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      if (open.length >= MAX_DEPTH) throw new RangeError("The text is nested too deeply");
      open.push(count);
    } else at = (code === QUOTE ? endOfString(text, at) : endOfLiteral(text, at)) - 1;
    count++;
  }
  return { starts, ends };
}

const [SPACE, QUOTE, COMMA, COLON, BACKSLASH] = [0x20, 0x22, 0x2c, 0x3a, 0x5c];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

function grown(values: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(2 * values.length);
  more.set(values);
  return more;
}

/** Copies a part of a text, which would keep the whole in memory. */
function flat(part: string): string {
  return JSON.parse(JSON.stringify(part));
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at++;
  }
  return text.length;
}

function endOfLiteral(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= SPACE || code === COMMA || code === CLOSE_ARRAY || code === CLOSE_OBJECT) break;
  }
  return at;
}
