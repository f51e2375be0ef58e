import { protect } from "../../util/redact.ts";
import { expand, explain, type Explanation, type SecretSource } from "./expand_secrets.ts";

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
    return explain("A value in the URL contains a line break or a tab", "Write it on one line");
  }
  // A path in a variable is not secret, and messages show it.
  if (!text.includes("://")) return { text, hidden: [] };
  const host = hostIn(text);
  const hidden: string[] = [];
  for (const { start, end, isOfFile } of values) {
    const isInHost = start >= host.start && end <= host.end;
    if (isInHost) {
      const [before, after] = [text.slice(host.start, start), text.slice(end, host.end)];
      if (!isOfFile && isWholePart(before, text.slice(start, end), after)) continue;
      hidden.push(text.slice(start, end));
    }
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
function hostIn(text: string): { readonly start: number; readonly end: number } {
  const authority = text.indexOf("://") + 3;
  const length = text.slice(authority).search(/[/?#\\]/);
  const end = length === -1 ? text.length : authority + length;
  return { start: Math.max(authority, text.lastIndexOf("@", end - 1) + 1), end };
}

/** Whether a value in a host is its name, an address in brackets, the port, or name and port. */
function isWholePart(before: string, value: string, after: string): boolean {
  const isName = before === "" && /^(:\d*)?$/.test(after) || before === "[" && /^\](:\d*)?$/.test(after);
  return isName || before.endsWith(":") && /^\d*$/.test(value) && after === "";
}
