import type { Config } from "./config.ts";
import type { MemoryCost } from "./memory_budget.ts";

/** Bytes of the heap per watched wallet, without its label. */
const PER_WALLET = 1000;

/** Per token balance of a wallet. */
const PER_TOKEN = 700;

/** Accounts of a wallet besides its balances: its nonce, the pending one, and its code. */
const MAX_VALUES = 3;

/** Per endpoint with its network, without wallets: mostly series. */
const PER_ENDPOINT = 40_000;

/** Per URL while it is read, with its problems. */
const PER_URL = 1500;

/** Per JSON value while it is read, at most. */
const PER_VALUE = 40;

/** Per entry while it is read, with its problems. */
const PER_ENTRY = 300;

/** YAML is parsed to a tree that keeps whitespace: the larger of both applies. */
const PER_YAML_CHARACTER = 70;
const PER_YAML_NODE = 1000;

/** Strings that contain a label. */
const COPIES_PER_LABEL = 2;

/** For longer labels the lines of the page count, too. */
const MAX_LABEL = 1000;
const COPIES_WITH_PAGES = 30;

/** Estimates the memory for a configuration from its text. */
export function costOfText(text: string, shards = 1): MemoryCost {
  const { objects, values, lines, width, urls } = countOf(text);
  const isYaml = !/^\uFEFF?\s*[[{]/.test(text);
  // YAML entries may have no brace, but always have a colon.
  const entries = isYaml ? values / 3 : objects;
  return {
    kept: (entries * PER_WALLET + text.length) / shards,
    passing: isYaml
      ? Math.max(text.length * PER_YAML_CHARACTER, (values + lines) * PER_YAML_NODE)
      : 2 * width * text.length + values * PER_VALUE + entries * PER_ENTRY + urls * PER_URL,
  };
}

/** For a byte outside the heap: the budget counts three bytes of the process per byte of the heap. */
const PER_OUTER_BYTE = 1 / 3;

/** Estimates the memory for a list of wallets from its text. */
export function costOfList(text: string, shards = 1, isKept = false): MemoryCost {
  const { objects, values, lines, width } = countOf(text);
  const isJson = /^\uFEFF?\s*[[{]/.test(text);
  const own = (isJson ? objects : lines) / shards;
  return {
    kept: own * PER_WALLET + COPIES_PER_LABEL * text.length / shards + (isKept ? text.length * PER_OUTER_BYTE : 0),
    passing: 2 * width * text.length + own * PER_ENTRY + (isJson ? values * PER_VALUE : 0),
  };
}

/**
 * Estimates the memory that a configuration keeps.
 *
 * @returns bytes of the heap
 */
export function costOfConfig({ networks }: Config): number {
  let cost = 0;
  for (const { endpoints, wallets, rejected, tokens = [], contracts = [], parts: ofNetwork } of networks) {
    cost += Math.max(1, endpoints.length) * PER_ENDPOINT + contracts.length * (PER_WALLET + PER_TOKEN);
    const forAll = tokens.filter((token) => token.wallets === "all").length;
    for (const { label, labels = {}, tokens: named = {}, parts = ofNetwork } of wallets) {
      const own = Object.entries(labels).reduce((sum, [name, value]) => sum + name.length + value.length + 8, 0);
      const held = Math.min(tokens.length, forAll + Object.keys(named).length);
      cost += PER_WALLET + costOfLabels(label.length + own) + held * (PER_TOKEN + costOfLabels(own));
      if (parts !== undefined) cost += MAX_VALUES * PER_TOKEN;
    }
    for (const { address, label } of rejected) cost += PER_ENTRY + costOfLabels(address.length + label.length);
  }
  return cost;
}

function costOfLabels(length: number): number {
  return (length > MAX_LABEL ? COPIES_WITH_PAGES : COPIES_PER_LABEL) * length;
}

interface Counts {
  readonly objects: number;
  /** An upper estimate of JSON values and keys. */
  readonly values: number;
  readonly lines: number;
  readonly urls: number;
  /** Bytes of a character in memory. */
  readonly width: 1 | 2;
}

function countOf(text: string): Counts {
  let [objects, values, lines, urls] = [0, 0, 0, 0];
  let width: 1 | 2 = 1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === NEWLINE || code === RETURN) lines++;
    else if (code === COMMA || code === COLON || code === OPEN_ARRAY) values++;
    else if (code === OPEN_OBJECT) [objects, values] = [objects + 1, values + 1];
    else if (code === SLASH && text.startsWith("://", at - 2)) urls++;
    else if (code > LATIN_1) width = 2;
  }
  return { objects, values, lines, urls, width };
}

const [NEWLINE, RETURN, COMMA, SLASH, COLON] = [0x0a, 0x0d, 0x2c, 0x2f, 0x3a];
const [OPEN_ARRAY, OPEN_OBJECT, LATIN_1] = [0x5b, 0x7b, 0xff];
