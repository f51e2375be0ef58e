import type { Registry } from "prom-client";
import type { Clock } from "../util/clock.ts";
import { type Block, isComparable } from "./blocks.ts";
import { type FamilyHead, type Format, shownName, writeHead } from "./exposition.ts";
import type { Identity } from "./identity.ts";
import { EMPTY, type Encoding, type Piece } from "./piece.ts";
import { registryFamilies } from "./registry_families.ts";
import { TOKEN_FAMILIES } from "./token_families.ts";
import type { View } from "./view.ts";
import { WALLET_FAMILIES } from "./wallet_families.ts";

/** A page without its end: families in order. */
export interface Page {
  readonly view: View;
  readonly sections: readonly Section[];
  /** The whole, in order. */
  readonly pieces: readonly Piece[];
  /** What answers that are still being read hold of the page. */
  readonly held: HeldPage;
}

/** The memory of a page, which all answers made of it share. */
export interface HeldPage {
  /** In bytes. */
  readonly size: number;
}

/** One family of a page. */
export interface Section {
  /** The family's name in the page's format, and all names of its samples. */
  readonly names: readonly string[];
  /** The family alone. */
  readonly pieces: () => readonly Piece[];
  /** Its blocks, the first with the HELP and TYPE lines before it; none of a small family, which is no piece of its own. */
  readonly blocks: readonly Piece[] | undefined;
}

/** What a page is rendered with. */
export interface RenderOptions {
  readonly registry: Registry;
  readonly identity: Identity;
  readonly clock: Clock;
}

/** The event loop is never held longer than about this, in milliseconds. */
const MAX_HOLD = 5;

/** Families with less text than this are compressed together with others, in characters. */
const SMALL = 4096;

/** Text in one piece, in characters: about a millisecond to compress. */
const MAX_PIECE = 32_768;

/**
 * Renders a page family by family, giving the event loop a turn in between. It
 * shows the registry as it is at the beginning, whatever happens meanwhile.
 *
 * @param view the book at one moment
 * @param format text 0.0.4 or OpenMetrics
 * @param options see {@linkcode RenderOptions}
 * @param encoding how it will be sent
 * @param before an earlier page of the same format and encoding: its pieces that still hold are used again
 */
export async function renderPage(
  view: View,
  format: Format,
  { registry, identity, clock }: RenderOptions,
  encoding: Encoding,
  before?: Page,
): Promise<Page> {
  // Before the first turn: the registry must not show a later moment than the view.
  const others = await registryFamilies(registry, identity);
  const known = before !== undefined && isComparable(view, before.view) ? before : undefined;
  const sections: Section[] = [];
  const pieces: Piece[] = [];
  let small = "";
  let started = clock.now();

  async function encode(text: string): Promise<Piece> {
    const piece = encoding.encode(text);
    if (clock.now() - started < MAX_HOLD) return piece;
    await turn();
    started = clock.now();
    return piece;
  }

  async function flush(): Promise<void> {
    if (small !== "") pieces.push(await encode(small));
    small = "";
  }

  async function add(head: FamilyHead, sampleNames: readonly string[], samples: Samples): Promise<void> {
    const names = [shownName(head, format), ...sampleNames];
    const old = known?.sections[sections.length]?.blocks;
    const made: Piece[] = [];
    const waiting: string[] = [];
    let length = 0;
    for (const block of startWith(writeHead(head, format), samples(old === undefined ? undefined : known?.view))) {
      if (block === undefined) {
        made.push(pieceAt(old, made.length));
        continue;
      }
      waiting.push(block);
      length += block.length;
      if (old === undefined && length <= SMALL) continue;
      for (const text of waiting.splice(0)) made.push(text === "" ? EMPTY : await encode(text));
    }
    if (made.length === 0) {
      const text = waiting.join("");
      sections.push(smallSection(names, text, encoding));
      small += text;
      if (small.length > MAX_PIECE) await flush();
      return;
    }
    await flush();
    pieces.push(...made);
    sections.push(largeSection(names, made));
  }

  for (const family of [...WALLET_FAMILIES, ...TOKEN_FAMILIES]) {
    await add(family, [family.name], (old) => family.samples(view, old));
  }
  for (const family of others) await add(family, family.sampleNames, () => inBlocks(family.samples(format)));
  await flush();
  return { view, sections, pieces, held: { size: pieces.reduce((size, { bytes }) => size + bytes.length, 0) } };
}

/**
 * Takes some families out of a page.
 *
 * @param page the whole
 * @param isWanted decides by the names of a family, and of its samples
 */
export function pick({ sections }: Page, isWanted: (names: readonly string[]) => boolean): readonly Piece[] {
  return sections.filter(({ names }) => isWanted(names)).flatMap(({ pieces }) => pieces());
}

/** Lets timers and sockets have their turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Made outside of the rendering: a function made there would hold the page before, and so all before it. */
function smallSection(names: readonly string[], text: string, { encode }: Encoding): Section {
  let own: readonly Piece[] | undefined;
  return { names, pieces: () => own ??= [encode(text)], blocks: undefined };
}

function largeSection(names: readonly string[], blocks: readonly Piece[]): Section {
  return { names, pieces: () => blocks, blocks };
}

/** Writes a family's samples; those that are as in the view before are undefined. */
type Samples = (before: View | undefined) => Iterable<Block>;

/** Puts a text before the first block, which keeps it when it is used again. */
function* startWith(head: string, blocks: Iterable<Block>): Iterable<Block> {
  let isFirst = true;
  for (const block of blocks) {
    yield isFirst && block !== undefined ? head + block : block;
    isFirst = false;
  }
  if (isFirst) yield head;
}

/** Joins lines to blocks. */
function* inBlocks(lines: Iterable<string>): Iterable<Block> {
  let text = "";
  for (const line of lines) {
    text += line;
    if (text.length < MAX_PIECE) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}

function pieceAt(pieces: readonly Piece[] | undefined, index: number): Piece {
  const piece = pieces?.[index];
  if (piece === undefined) throw new RangeError(`The page before has no block ${index}`);
  return piece;
}
