import { type Format, shownName, writeHead, writeLabels } from "./exposition.ts";
import type { Identity } from "./identity.ts";
import type { Body, Encoding } from "./piece.ts";
import { PROCESS_FAMILIES } from "./process_families.ts";
import { type HeldPage, type Page, pick } from "./render_page.ts";

/** The body of an answer, with the page that its parts are of. */
export interface PageBody extends Body {
  readonly page: HeldPage;
}

/** What a body is made with. */
export interface BodyOptions {
  readonly format: Format;
  readonly encoding: Encoding;
  readonly identity: Identity;
  /** Only these families, by their name or a sample's; all when empty. */
  readonly names: readonly string[];
}

/**
 * Makes the body of an answer: pieces of a page, and what is read at the moment
 * of the scrape.
 *
 * @param page rendered in that format and encoding
 * @param options see {@linkcode BodyOptions}
 */
export function bodyOf(page: Page, { format, encoding, identity, names }: BodyOptions): PageBody {
  const wanted = new Set(names);
  const isWanted = (own: readonly string[]): boolean => wanted.size === 0 || own.some((name) => wanted.has(name));
  const end = encoding.encode(writeEnd(format, identity, isWanted));
  return { ...encoding.bodyOf([...wanted.size === 0 ? page.pieces : pick(page, isWanted), end]), page: page.held };
}

/** Writes the process families and the end mark. */
function writeEnd(format: Format, identity: Identity, isWanted: (names: readonly string[]) => boolean): string {
  const labels = writeLabels([["namespace", identity.namespace], ["release", identity.release]]);
  const families = PROCESS_FAMILIES.filter((family) => isWanted([family.name, shownName(family, format)]));
  const text = families.map((family) => `${writeHead(family, format)}${family.name}{${labels}} ${family.read()}\n`);
  return text.join("") + (format === "openmetrics" ? "# EOF\n" : "");
}
