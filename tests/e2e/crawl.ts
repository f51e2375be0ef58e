import type { Exporter } from "../program/exporter.ts";

/** A response with its path. */
export interface Visited {
  readonly path: string;
  readonly status: number;
  /** Headers and body. */
  readonly text: string;
}

/** Where people look, besides what these link to. */
const STARTS = [
  "/",
  "/?view=wall&refresh=0",
  "/?state=unreadable",
  "/api/v1/status",
  "/wallets/nothing/0x0",
  "/nothing",
];

/** Requests the pages of a running exporter, and everything of its own that they link to. */
export async function crawl({ port }: Exporter): Promise<readonly Visited[]> {
  const visited: Visited[] = [];
  const found = new Set(STARTS);
  for (const path of found) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    const body = await response.text();
    visited.push({ path, status: response.status, text: JSON.stringify([...response.headers]) + body });
    for (const [, link = ""] of body.matchAll(/ href="(\/[^"]*)"/g)) found.add(link.replaceAll("&#38;", "&"));
  }
  return visited;
}
