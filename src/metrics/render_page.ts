import type { Registry } from "prom-client";
import type { Clock } from "../clock.ts";
import { type Format, shownName, writeHead } from "./exposition.ts";
import type { Identity } from "./identity.ts";
import { join, type KeptText, type TextWriter } from "./kept_text.ts";
import { registryFamilies } from "./registry_families.ts";
import { TOKEN_FAMILIES } from "./token_families.ts";
import type { View } from "./view.ts";
import { WALLET_FAMILIES } from "./wallet_families.ts";

/** A page without its end: families in order, and where each stands. */
export interface Page {
  readonly text: KeptText;
  readonly sections: readonly Section[];
}

/** One family of a page. */
export interface Section {
  /** The family's name in the page's format, and all names of its samples. */
  readonly names: readonly string[];
  /** From this plain byte up to the next section's. */
  readonly start: number;
}

/** What a page is rendered with. */
export interface RenderOptions {
  readonly registry: Registry;
  readonly identity: Identity;
  readonly clock: Clock;
}

/** The loop is never held longer than about this, in milliseconds. */
const LONGEST_HOLD = 5;

/** Looking at the clock costs more than a line. */
const LINES_A_LOOK = 256;

/**
 * Renders a page family by family, giving the event loop a turn in between. It
 * shows the registry as it is at the beginning, whatever happens meanwhile.
 *
 * @param view the book at one moment
 * @param format text 0.0.4 or OpenMetrics
 * @param options see {@linkcode RenderOptions}
 * @param writer where the page is written to; a new one
 */
export async function renderPage(
  view: View,
  format: Format,
  options: RenderOptions,
  writer: TextWriter,
): Promise<Page> {
  const { registry, identity, clock } = options;
  // Before the first turn: the registry must not tell of a later moment than the view.
  const others = await registryFamilies(registry, identity);
  const sections: Section[] = [];
  let started = clock.now();

  async function write(text: string): Promise<void> {
    writer.write(text);
    if (clock.now() - started < LONGEST_HOLD) return;
    await turn();
    started = clock.now();
  }

  async function writeLines(lines: Iterable<string>): Promise<void> {
    let text = "";
    let count = 0;
    for (const line of lines) {
      text += line;
      if (++count % LINES_A_LOOK !== 0) continue;
      await write(text);
      text = "";
    }
    if (text !== "") await write(text);
  }

  for (const family of [...WALLET_FAMILIES, ...TOKEN_FAMILIES]) {
    sections.push({ names: [shownName(family, format), family.name], start: writer.size });
    await write(writeHead(family, format));
    for (const piece of family.samples(view)) await write(piece);
  }
  for (const family of others) {
    sections.push({ names: [shownName(family, format), ...family.sampleNames], start: writer.size });
    await write(writeHead(family, format));
    await writeLines(family.samples(format));
  }
  return { text: writer.keep(), sections };
}

/**
 * Takes some families out of a page.
 *
 * @param page the whole
 * @param names of families, or of their samples
 */
export function pick(page: Page, names: ReadonlySet<string>): readonly Uint8Array[] {
  return cut(page, (section) => section.names.some((name) => names.has(name)));
}

/**
 * Leaves some families out of a page.
 *
 * @param page the whole
 * @param names of families
 */
export function without(page: Page, names: ReadonlySet<string>): Uint8Array<ArrayBuffer> {
  return join(cut(page, (section) => !section.names.some((name) => names.has(name))));
}

function cut({ text, sections }: Page, isWanted: (section: Section) => boolean): readonly Uint8Array[] {
  return sections.flatMap((section, index) =>
    isWanted(section) ? [text.slice(section.start, sections[index + 1]?.start)] : []
  );
}

/** Lets timers and sockets have their turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
