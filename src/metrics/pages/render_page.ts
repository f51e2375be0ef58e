import type { Registry } from "prom-client";
import { type Clock, yieldToEventLoop } from "../../util/clock.ts";
import { ENCODERS, type Format } from "../encoders/encoders.ts";
import { listFamilies } from "../families/families.ts";
import type { Family } from "../model/family.ts";
import { isComparable, type Snapshot } from "../model/snapshot.ts";
import { encodeBlocks, type EncodedBlock, MAX_PIECE } from "./blocks.ts";
import { type Body, type Compression, type Piece } from "./piece.ts";

/** A rendered page, without what is read at each scrape. */
export interface Page {
  readonly format: Format;
  readonly snapshot: Snapshot;
  readonly sections: readonly Section[];
  /** The whole, in order. */
  readonly pieces: readonly Piece[];
  /** Families that are read at each scrape. */
  readonly live: readonly Family[];
  /** What responses that are still being read keep of the page. */
  readonly held: HeldPage;
}

/** The memory of a page, which all responses made of it share. */
export interface HeldPage {
  /** In bytes. */
  readonly size: number;
}

/** The body of a response, with the page that its parts are of. */
export interface PageBody extends Body {
  readonly page: HeldPage;
}

/** One family of a page. */
export interface Section {
  /** The family's name in the page's format, and all names of its samples. */
  readonly names: readonly string[];
  /** The family alone. */
  readonly pieces: () => readonly Piece[];
  /** Its blocks, the first with the head before it; none of a small family, which shares a piece with others. */
  readonly blocks: readonly Piece[] | undefined;
}

/** What a page is rendered with. */
export interface RenderOptions {
  readonly registry: Registry;
  readonly clock: Clock;
}

/** The event loop is held no longer than about this, in milliseconds. */
const MAX_HOLD = 5;

/** Families with less text than this are compressed together with others, in characters. */
const MAX_SMALL = 4096;

/**
 * Renders a page family by family, yielding to the event loop in between. It shows the registry as it is at the
 * beginning.
 *
 * @param before an earlier page of the same format and compression: its pieces that still hold are used again
 */
export async function renderPage(
  snapshot: Snapshot,
  format: Format,
  { registry, clock }: RenderOptions,
  compression: Compression,
  before?: Page,
): Promise<Page> {
  const encoder = ENCODERS[format];
  // Before the first turn of the event loop: the registry must not show a later moment than the snapshot.
  const families = await listFamilies(registry);
  const known = before !== undefined && isComparable(snapshot, before.snapshot) ? before : undefined;
  const sections: Section[] = [];
  const pieces: Piece[] = [];
  let small = "";
  let started = clock.now();

  async function compress(text: string): Promise<Piece> {
    const piece = compression.compress(text);
    if (clock.now() - started < MAX_HOLD) return piece;
    await yieldToEventLoop();
    started = clock.now();
    return piece;
  }

  async function flush(): Promise<void> {
    if (small !== "") pieces.push(await compress(small));
    small = "";
  }

  async function add(family: Family): Promise<void> {
    const names = namesOf(family, format);
    const old = known?.sections[sections.length]?.blocks;
    const made: Piece[] = [];
    const waiting: string[] = [];
    let length = 0;
    const blocks = encodeBlocks(encoder, family, snapshot, old === undefined ? undefined : known?.snapshot);
    for (const block of frame(encoder.head(family), blocks, encoder.foot(family))) {
      if (block === undefined) {
        made.push(pieceAt(old, made.length));
        continue;
      }
      waiting.push(block);
      length += block.length;
      if (old === undefined && length <= MAX_SMALL) continue;
      for (const text of waiting.splice(0)) made.push(await compress(text));
    }
    if (made.length === 0) {
      const text = waiting.join("");
      sections.push(smallSection(names, text, compression));
      small += text;
      if (small.length > MAX_PIECE) await flush();
      return;
    }
    await flush();
    pieces.push(...made);
    sections.push(largeSection(names, made));
  }

  for (const family of families) if (family.isLive !== true) await add(family);
  await flush();
  return {
    format,
    snapshot,
    sections,
    pieces,
    live: families.filter(({ isLive }) => isLive),
    held: { size: pieces.reduce((size, { bytes }) => size + bytes.length, 0) },
  };
}

/**
 * Makes the body of a response of a page and what is read now.
 *
 * @param compression that of the page
 * @param names only these families, by their name or a sample's; all when empty
 */
export function bodyOf(page: Page, compression: Compression, names: readonly string[]): PageBody {
  const { format, snapshot, live, held, pieces } = page;
  const encoder = ENCODERS[format];
  const wanted = new Set(names);
  const isWanted = (own: readonly string[]): boolean => wanted.size === 0 || own.some((name) => wanted.has(name));
  const lastFamilies = live.filter((family) => isWanted(namesOf(family, format))).map((family) =>
    [...frame(encoder.head(family), encodeBlocks(encoder, family, snapshot), encoder.foot(family))].join("")
  );
  const end = compression.compress(lastFamilies.join("") + encoder.end);
  const begin = compression.compress(encoder.begin);
  return {
    ...compression.bodyOf([begin, ...wanted.size === 0 ? pieces : pick(page, isWanted), end]),
    page: held,
  };
}

/**
 * Takes some families out of a page.
 *
 * @param isWanted decides by the names of a family, and of its samples
 */
export function pick({ sections }: Page, isWanted: (names: readonly string[]) => boolean): readonly Piece[] {
  return sections.filter(({ names }) => isWanted(names)).flatMap(({ pieces }) => pieces());
}

/** The family's name in a format, and those of its samples. */
function namesOf(family: Family, format: Format): readonly string[] {
  const { name, type } = family;
  const more = type === "histogram" ? ["_bucket", "_sum", "_count"].map((suffix) => name + suffix) : [];
  return [...new Set([ENCODERS[format].nameOf(family), name, ...more])];
}

/** Made outside of the rendering: a function made there would keep the page before, and so all before it. */
function smallSection(names: readonly string[], text: string, { compress }: Compression): Section {
  let own: readonly Piece[] | undefined;
  return { names, pieces: () => own ??= [compress(text)], blocks: undefined };
}

function largeSection(names: readonly string[], blocks: readonly Piece[]): Section {
  return { names, pieces: () => blocks, blocks };
}

/** Puts the head before the first block, which keeps it when it is used again, and the foot behind the last. */
function* frame(head: string, blocks: Iterable<EncodedBlock>, foot: string): Iterable<EncodedBlock> {
  let isFirst = true;
  for (const block of blocks) {
    yield isFirst && block !== undefined ? head + block : block;
    isFirst = false;
  }
  if (isFirst || foot !== "") yield isFirst ? head + foot : foot;
}

function pieceAt(pieces: readonly Piece[] | undefined, index: number): Piece {
  const piece = pieces?.[index];
  if (piece === undefined) throw new RangeError(`The page before has no block ${index}`);
  return piece;
}
