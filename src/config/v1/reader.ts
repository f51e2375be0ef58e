import type { JsonPlace } from "../source/json_index.ts";
import type { JsonValue } from "./json_value.ts";
import type { Severity } from "../model/problem.ts";

/** What reading a format needs: to look at a node, and to tell about it. */
export interface Reader {
  /** Looks at a node of the text. */
  readonly look: (place: JsonPlace) => JsonValue;
  /** Notes a problem at an offset of the text. */
  readonly tell: (
    severity: Severity,
    offset: number,
    path: string,
    message: string,
    advice: string,
  ) => void;
}

/**
 * Puts the article before a JSON type: "a string", "an object", "null".
 *
 * @param type the type's name
 */
export function a(type: string): string {
  return type === "null" ? "null" : `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`;
}
