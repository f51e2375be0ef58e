import { protect } from "../../util/redact.ts";
import { expand, type InsertedValue, type SecretProblem, type SecretSource } from "./expand_secrets.ts";

/** A URL with values put in. */
export interface ExpandedUrl {
  readonly text: string;
  /** Parts of its host that are secret. */
  readonly hidden: readonly string[];
}

/**
 * Puts values into a URL, as `expandSecrets` does. All of them are secrets but
 * one: a variable that is the whole host name or the port, which the endpoint's
 * name shows. A file's text is a secret anywhere.
 *
 * @param template as written
 * @param source where values come from
 * @returns the whole URL, or the path that it turned out to be; or why it cannot be had
 */
export async function expandUrl(template: string, source: SecretSource): Promise<ExpandedUrl | SecretProblem> {
  const expansion = await expand(template, source);
  if ("message" in expansion) return expansion;
  const { text, values } = expansion;
  if (values.some(({ start, end }) => /[\t\r\n]/.test(text.slice(start, end)))) {
    // URLs are read without them, so that two lines become one key.
    return { message: "A value in the URL contains a line break or a tab", advice: "Write it on one line" };
  }
  // A path in a variable is no secret, and messages name it.
  if (!text.includes("://")) return { text, hidden: [] };
  const host = hostOf(text);
  const hidden: string[] = [];
  for (const value of values) {
    const { start, end } = value;
    const isInHost = start >= host.start && end <= host.end;
    if (isInHost && isPublic(value, host, text)) continue;
    if (isInHost) hidden.push(text.slice(start, end));
    const isAround = start < host.start && end >= host.end;
    // Of a whole URL the host is shown, the rest is not.
    const parts = isAround && URL.canParse(text)
      ? [text.slice(start, host.start).replace(/^.*:\/\//, "").replace(/@$/, ""), text.slice(host.end, end)]
      : [text.slice(start, end)];
    for (const part of parts) if (/[^/]/.test(part)) protect(part);
  }
  return { text, hidden };
}

/** Where the host is in a URL, with its port if it has one. */
interface HostPlace {
  readonly start: number;
  readonly end: number;
  /** What a variable may be without being a secret: the name, an address in brackets, the port, name and port. */
  readonly publicParts: readonly (readonly [start: number, end: number])[];
}

function hostOf(text: string): HostPlace {
  const authority = text.indexOf("://") + 3;
  const length = text.slice(authority).search(/[/?#\\]/);
  const end = length === -1 ? text.length : authority + length;
  const start = Math.max(authority, text.lastIndexOf("@", end - 1) + 1);
  const digits = /:(\d*)$/.exec(text.slice(start, end))?.[1]?.length;
  const port = digits === undefined ? end : end - digits;
  const nameEnd = digits === undefined ? end : port - 1;
  return { start, end, publicParts: [[start, nameEnd], [start + 1, nameEnd - 1], [port, end], [start, end]] };
}

function isPublic({ start, end, isOfFile }: InsertedValue, { publicParts }: HostPlace, text: string): boolean {
  if (isOfFile) return false;
  const [, inBrackets] = publicParts;
  return publicParts.some((part) =>
    part[0] === start && part[1] === end && (part !== inBrackets || text[start - 1] === "[")
  );
}
