import type { Registry } from "prom-client";
import type { Clock } from "../clock.ts";
import { type Format, shownName, writeHead } from "./exposition.ts";
import type { Identity } from "./identity.ts";
import { registryFamilies } from "./registry_families.ts";
import { TOKEN_FAMILIES } from "./token_families.ts";
import type { View } from "./view.ts";
import { WALLET_FAMILIES } from "./wallet_families.ts";

/** A page without its end: families in order, and where each stands. */
export interface Page {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly sections: readonly Section[];
}

/** One family of a page. */
export interface Section {
  /** The family's name in the page's format, and all names of its samples. */
  readonly names: readonly string[];
  /** From this byte up to the next section's. */
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
 */
export async function renderPage(view: View, format: Format, options: RenderOptions): Promise<Page> {
  const { registry, identity, clock } = options;
  // Before the first turn: the registry must not tell of a later moment than the view.
  const others = await registryFamilies(registry, identity);
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  const sections: Section[] = [];
  let size = 0;
  let started = clock.now();

  async function write(text: string): Promise<void> {
    const part = encoder.encode(text);
    parts.push(part);
    size += part.length;
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
    sections.push({ names: [shownName(family, format), family.name], start: size });
    await write(writeHead(family, format));
    for (const piece of family.samples(view)) await write(piece);
  }
  for (const family of others) {
    sections.push({ names: [shownName(family, format), ...family.sampleNames], start: size });
    await write(writeHead(family, format));
    await writeLines(family.samples(format));
  }
  return { bytes: join(parts, size), sections };
}

/**
 * Takes some families out of a page.
 *
 * @param page the whole
 * @param names of families, or of their samples
 */
export function pick({ bytes, sections }: Page, names: ReadonlySet<string>): readonly Uint8Array[] {
  return sections.flatMap((section, index) =>
    section.names.some((name) => names.has(name)) ? [bytes.subarray(section.start, sections[index + 1]?.start)] : []
  );
}

/**
 * Leaves some families out of a page.
 *
 * @param page the whole
 * @param names of families
 */
export function without({ bytes, sections }: Page, names: ReadonlySet<string>): Uint8Array<ArrayBuffer> {
  const parts = sections.flatMap((section, index) =>
    section.names.some((name) => names.has(name)) ? [] : [bytes.subarray(section.start, sections[index + 1]?.start)]
  );
  return join(parts, parts.reduce((size, part) => size + part.length, 0));
}

/** Puts byte arrays behind one another. */
export function join(parts: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Lets timers and sockets have their turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
