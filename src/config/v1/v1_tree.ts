import type { JsonPlace } from "../source/json_index.ts";
import { parseJson } from "../source/parse_json.ts";
import type { Path, SourceTree } from "../source/source_tree.ts";
import { networkName, PythonNumber } from "./label_text.ts";

/**
 * Version 1 in the shape of version 2: a list of networks with their wallets. A
 * path has the indexes of a network and of a wallet, a key, and the index among
 * equal keys; the last one without it.
 */
export interface V1Tree extends Pick<SourceTree, "placeOf"> {
  /** None when the text is not an object. */
  readonly networks: readonly V1Network[] | undefined;
  /** Writes a path as `network[0].key`. */
  readonly pathText: (path: Path) => string;
}

/** A network, named after its URL. */
export interface V1Network {
  readonly name: string;
  /** As typed. */
  readonly url: string;
  /** Made one by one: there may be many. */
  readonly entries: Iterable<V1Entry>;
  /** The value in place of a list of wallets, if it is not one. */
  readonly notList?: { readonly value: unknown };
}

/** An entry of a list of wallets. */
export interface V1Entry {
  /** A wallet as in version 2, if it is an object; its numbers as the labels show them. */
  readonly value: unknown;
  /** Its keys in the order of the text; they may repeat. */
  readonly keys: readonly string[];
}

/** The keys of a wallet. */
export const WALLET_KEYS = ["address", "label", "min_balance_eth"] as const;

/**
 * Translates version 1.
 *
 * @throws {ConfigError} when it is not JSON
 */
export function v1Tree(text: string, source: string): V1Tree {
  const index = parseJson(text, source);
  const members = index.typeOf(0) === "object" ? [...index.members(0)] : undefined;

  /** What is in a list or object is left out: nothing reads it. */
  function valueOf(place: JsonPlace): unknown {
    const type = index.typeOf(place);
    if (type === "array") return [];
    if (type === "object") return {};
    return type === "string" ? index.textOf(place) : JSON.parse(index.textOf(place));
  }

  function fieldOf(place: JsonPlace): unknown {
    return index.typeOf(place) === "number" ? new PythonNumber(index.textOf(place)) : valueOf(place);
  }

  function entryOf(place: JsonPlace): V1Entry {
    if (index.typeOf(place) !== "object") return { value: valueOf(place), keys: [] };
    const entry = index.members(place).map(({ key, value }) => [key, fieldOf(value)] as const);
    // Of equal keys the last one is used, as by the original.
    return { value: Object.fromEntries(entry), keys: entry.map(([key]) => key) };
  }

  function* entriesOf(list: JsonPlace): Iterable<V1Entry> {
    for (const place of index.children(list)) yield entryOf(place);
  }

  const networks = members?.map(({ key, value }): V1Network => {
    const network = { name: networkName(key), url: key };
    if (index.typeOf(value) === "array") return { ...network, entries: entriesOf(value) };
    return { ...network, entries: [], notList: { value: valueOf(value) } };
  });

  function placeOf([network, wallet, key, nth = -1]: Path, part: "key" | "value"): JsonPlace {
    const member = members?.[Number(network)];
    if (member === undefined) return 0;
    const { value: list } = member;
    if (wallet === undefined) return part === "key" ? member.place : list;
    const entry = index.elementOf(list, Number(wallet)) ?? list;
    const same = key === undefined ? [] : index.members(entry).filter((each) => each.key === key);
    const meant = same.at(Number(nth));
    return meant === undefined ? entry : part === "key" ? meant.place : meant.value;
  }

  return {
    networks,
    placeOf: (path, part) => index.positionOf(placeOf(path, part)),
    pathText: ([network, wallet, key]) => {
      const name = networks?.[Number(network)]?.name ?? "";
      // Another key may be a misplaced secret.
      const known = WALLET_KEYS.some((each) => each === key) ? `.${key}` : "";
      return wallet === undefined ? name : `${name}[${wallet}]${known}`;
    },
  };
}
