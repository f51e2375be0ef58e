import { type Format, shownName, writeHead, writeLabels } from "./exposition.ts";
import { gzipOf } from "./gzip.ts";
import type { Identity } from "./identity.ts";
import { join } from "./kept_text.ts";
import { PROCESS_FAMILIES } from "./process_families.ts";
import { type Page, pick } from "./render_page.ts";

/**
 * Writes the end of a page: what is true at the moment of the scrape only, and
 * the end mark.
 *
 * @param format of the page
 * @param identity added to every sample
 * @param names only these families, by their name or a sample's; all when empty
 */
export function writeEnd(format: Format, identity: Identity, names: readonly string[]): Uint8Array {
  const labels = writeLabels([["namespace", identity.namespace], ["release", identity.release]]);
  const families = PROCESS_FAMILIES.filter((family) =>
    names.length === 0 || names.includes(family.name) || names.includes(shownName(family, format))
  );
  const text = families.map((family) => `${writeHead(family, format)}${family.name}{${labels}} ${family.read()}\n`);
  return new TextEncoder().encode(text.join("") + (format === "openmetrics" ? "# EOF\n" : ""));
}

/**
 * Puts a body of some families together.
 *
 * @param page without its end
 * @param names of the families, or of their samples
 * @param end see {@linkcode writeEnd}
 * @param gzip whether to compress it
 */
export async function pickedBody(
  page: Page,
  names: readonly string[],
  end: Uint8Array,
  gzip: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts = pick(page, new Set(names));
  return gzip ? (await gzipOf(join(parts))).withEnd(end) : join([...parts, end]);
}
