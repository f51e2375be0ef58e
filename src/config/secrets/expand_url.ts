import { protect } from "../../util/redact.ts";
import { expand, type Explanation, type InsertedValue, type SecretSource } from "./expand_secrets.ts";

/** A URL with references replaced. */
export interface ExpandedUrl {
  readonly text: string;
  /** Parts of its host that are secret. */
  readonly hidden: readonly string[];
}

/**
 * Replaces references in a URL. All values are secret except a variable that is
 * the whole host name or the port, which the endpoint's name shows. The content of
 * a file is always secret.
 *
 * @returns the URL, or the path if it is one; or why a secret is not available
 */
export async function expandUrl(template: string, source: SecretSource): Promise<ExpandedUrl | Explanation> {
  const expansion = await expand(template, source);
  if ("message" in expansion) return expansion;
  const { text, values } = expansion;
  if (values.some(({ start, end }) => /[\t\r\n]/.test(text.slice(start, end)))) {
    // The URL parser drops them, so that two lines would become one key.
    return { message: "A value in the URL contains a line break or a tab", advice: "Write it on one line" };
  }
  // A path in a variable is not secret, and messages show it.
  if (!text.includes("://")) return { text, hidden: [] };
  const host = hostOf(text);
  const hidden: string[] = [];
  for (const value of values) {
    const { start, end } = value;
    const isInHost = start >= host.start && end <= host.end;
    if (isInHost && isPublic(value, host, text)) continue;
    if (isInHost) hidden.push(text.slice(start, end));
    const isAround = start < host.start && end >= host.end;
    // If the value is a whole URL, its host is shown and the rest is secret.
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
  /** Parts in which a variable is not secret: the name, an address in brackets, the port, name and port. */
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
