import { CONDITIONS } from "../status/holding_status.ts";

/** The values of `state`. */
export const STATES = ["attention", "ok", "muted", ...CONDITIONS] as const;
/** The values of `sort`, the first by default. */
export const SORTS = ["urgency", "label", "network", "left"] as const;

/** What a page shows, as its URL has it. Unknown values are as if they were not there. */
export interface Query {
  readonly network: string;
  readonly state: (typeof STATES)[number] | "";
  /** Values of the wallets' own labels, by name. */
  readonly labels: ReadonlyMap<string, string>;
  /** Searched for in labels and addresses. */
  readonly q: string;
  readonly sort: (typeof SORTS)[number];
  /** From 1. */
  readonly page: number;
  readonly isPaused: boolean;
  readonly isWall: boolean;
}

/** Longer texts match nothing. */
const MAX_TEXT = 200;
/** A wallet has no more. */
const MAX_LABELS = 32;
/** A parameter such as `labels.team`. */
const LABEL = /^labels\.([A-Za-z_]\w*)$/;

/** Reads the query of a URL. */
export function parseQuery(url: URL): Query {
  const parameters = url.searchParams;
  const text = (name: string): string => (parameters.get(name) ?? "").slice(0, MAX_TEXT).trim();
  const page = Number(text("page"));
  return {
    network: text("network"),
    state: STATES.find((state) => state === text("state")) ?? "",
    labels: labelsOf(parameters),
    q: text("q"),
    sort: SORTS.find((sort) => sort === text("sort")) ?? "urgency",
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
    isPaused: text("refresh") === "0",
    isWall: text("view") === "wall",
  };
}

function labelsOf(parameters: URLSearchParams): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  for (const [parameter, text] of parameters) {
    const [, name = ""] = LABEL.exec(parameter) ?? [];
    // Not trimmed: values may have spaces around them.
    const value = text.slice(0, MAX_TEXT);
    if (name !== "" && value !== "" && !labels.has(name) && labels.size < MAX_LABELS) labels.set(name, value);
  }
  return labels;
}

/** Writes the search of a URL, with its question mark; empty if all is as usual. */
export function searchOf({ network, state, labels, q, sort, page, isPaused, isWall }: Query): string {
  const parameters = new URLSearchParams();
  const set = (name: string, value: string, isDefault: boolean): void => {
    if (!isDefault) parameters.set(name, value);
  };
  set("network", network, network === "");
  set("state", state, state === "");
  labels.forEach((value, name) => parameters.set(`labels.${name}`, value));
  set("q", q, q === "");
  set("sort", sort, sort === "urgency");
  set("page", String(page), page === 1);
  set("refresh", "0", !isPaused);
  set("view", "wall", !isWall);
  const text = String(parameters);
  return text === "" ? "" : `?${text}`;
}

/** The query of a URL without a search. */
export const ALL: Query = parseQuery(new URL("http://localhost/"));
