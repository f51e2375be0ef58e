import { closest } from "../../util/closest.ts";
import type { EndpointUrl, UrlProblem } from "../secrets/endpoint_url.ts";
import { isExampleHost, placeholderIn } from "../secrets/placeholder.ts";
import { isPlainKey } from "../source/source_tree.ts";
import type { Member } from "./json_value.ts";
import type { Reader } from "./reader.ts";

/** The keys of format 2 at the top, of which `networks` alone says what to watch. */
const FORMAT_TWO_KEYS = ["version", "networks", "interval", "staleAfter", "defaults"];

/**
 * Finds the key that shows a text to be of format 2, though it does not say so.
 *
 * @param members those at the top
 */
export function keyOfFormatTwo(members: readonly Member[]): Member | undefined {
  if (members.some(({ key }) => key.includes("//"))) return undefined;
  return members.find(({ key }) => {
    const meant = closest(key, FORMAT_TWO_KEYS);
    return meant === "networks" || meant === "version";
  });
}

/**
 * Says what to do about a key that is no RPC URL: a word at the top is rather a
 * key of another format, or of another exporter.
 *
 * @param key as written
 * @param problem why it is none
 */
export function adviceOnKey(key: string, { advice }: UrlProblem): string {
  if (!/^[A-Za-z][\w-]*$/.test(key) || !isPlainKey(key)) return advice;
  return `${advice}; in format 1 the keys at the top are RPC URLs, and networks with names need version: 2`;
}

/**
 * Warns of a URL that leads nowhere as it is written, or that shows a key.
 * Format 1 fills nothing in: what looks like a variable is sent as it is.
 *
 * @param member whose key is the URL
 * @param url the same, read
 * @param name what the network is called
 * @param reader where to report
 */
export function warnOfUrl({ key, offset }: Member, url: EndpointUrl, name: string, reader: Reader): void {
  const where = placeholderIn(key);
  if (where !== undefined) {
    const message = `The RPC URL has a placeholder in its ${where}, which is sent as it is`;
    const advice = key.includes("${")
      ? "Variables are not filled in in format 1: write the key itself, or use format 2"
      : "Write the key itself";
    reader.tell("warning", offset, name, message, advice);
  } else if (isExampleHost(key)) {
    reader.tell("notice", offset, name, "The RPC URL's host is reserved for examples", "Write the node's own host");
  }
  if (url.hasKeyInHost) {
    const message = "A part of the host looks like a key, and the label network may show it";
    reader.tell("warning", offset, name, message, "Use format 2, where networks and endpoints have names of their own");
  }
}
