import { percentDecode } from "../../util/encodings.ts";
/** A part of a URL or a header, decoded. */
interface Part {
  readonly text: string;
  /** The last of its kind: `/token` is a placeholder at the end of a path, not in the middle. */
  readonly isLast: boolean;
}

/** Template syntax that was not filled in: `${KEY}`, `$KEY`, `{{ key }}`, `<key>`, `%KEY%`, `[key]`. */
const TEMPLATE =
  /\$\{|\$\(|\{\{|\}\}|^\$[A-Za-z_]|^\{.*\}$|^<.*>?$|^\[[^\]]*\]$|^%[A-Za-z_]+%$|^__\w+__$|^@\w+@$|…|\.{3}/;

/** Words of a key's name, such as `infura-project-id`. */
const OWNERS = "(my|the|some|own|actual|real|personal|private|secret|example|sample|fake|dummy|test|demo|foo)*";
const PROVIDERS =
  "(infura|alchemy|ankr|quicknode|chainstack|drpc|blast(api)?|tenderly|getblock|rpc|node|provider|eth|ethereum|mainnet|project|api|access|auth|app|account|bearer|jwt|user)*";
const THINGS = "(key|apikey|token|secret|password|passwd|projectid|apiid|appid|credentials?)";
const KEY_NAME = new RegExp(`^${OWNERS}${PROVIDERS}${THINGS}(here|value|goeshere|string|placeholder)?\\d{0,4}$`);

/** Words that ask to be replaced. */
const TO_REPLACE = new RegExp(
  [
    "^(change|replace|fill|edit|update)(me|this|it|in)(in|please|now)?\\d?$",
    "^(replace|change|insert|enter|put|paste|add|set|use)(with|your|the|my|a|an|here|api|key|token|rpc|url|password|secret)+",
    "^(todo|tbd|fixme|placeholder|redacted|undefined|null|nan|foobar|lorem(ipsum)?)$",
    "(key|token|secret|id|url|password)(goes)?here$",
    "^your",
  ].join("|"),
);

/** Not keys where a key is expected, but possible in a path elsewhere. */
const NO_KEY = /^(none|example|sample|fake|dummy|empty)$/;

const FILLER = /^(x{3,}(.*x{3,})?|0{8,}|\*{3,}|_{3,}|-{3,}|\?{3,}|#{3,})$/i;

/** What people type without a key at hand. */
const COUNTED = /^(abc(def)?123(456)?(789)?0?|12345678(9(0(abcdef)?)?)?|0123456789(abcdef)?|abcdefg?h?|deadbeef)$/;

/**
 * Finds a placeholder in place of a key or a host, which would be sent as it is.
 *
 * @returns where, to complete "The RPC URL has a placeholder in its …"
 */
export function placeholderIn(text: string, isPart: (part: Part) => boolean = isPlaceholder): string | undefined {
  const url = URL.parse(text);
  if (url === null) return TEMPLATE.test(text) || /<[^>]+>/.test(text) ? "host" : undefined;
  const { hostname, username, password, pathname, search, searchParams, hash } = url;
  const where: readonly (readonly [string, readonly string[]])[] = [
    ["host", hostname.startsWith("[") ? [] : hostname.split(".")],
    ["user part", [username, password]],
    ["path", pathname.split("/").filter((segment) => segment !== "")],
    ...[...searchParams.values()].map((value) => ["query", [value]] as const),
    ["query", search.includes("=") ? [] : [search.slice(1)]],
    ["fragment", [hash.slice(1)]],
  ];
  return where.find(([name, texts]) =>
    texts.some((text, index) => {
      const isLast = name !== "host" && index === texts.length - 1;
      return isPart({ text: percentDecode(text), isLast });
    })
  )?.[0];
}

/** Whether a header has a placeholder in place of a key. */
export function isPlaceholderHeader(template: string): boolean {
  if (template.includes("$${")) return false;
  const words = template.replace(/\$\{[^}]*\}/g, "v4lue").trim().split(/\s+/);
  return words.some((text, index) => {
    const isLast = index === words.length - 1;
    return isCertain({ text, isLast }) || FILLER.test(text) || isLast && KEY_NAME.test(bareOf(text));
  });
}

/** Whether the host is reserved for examples (RFC 2606). */
export function isExampleHost(text: string): boolean {
  return /(^|\.)example\.(com|net|org)\.?$/i.test(URL.parse(text)?.hostname ?? "");
}

/**
 * Finds a placeholder in a URL with variables: in its template, or in values that
 * are certainly placeholders. A key may be any word.
 */
export function placeholderInExpanded(template: string, expanded: string): string | undefined {
  // $${ says that no variable is meant.
  if (template.includes("$${")) return undefined;
  return placeholderIn(template.replace(/\$\{[^}]*\}/g, "v4lue")) ?? placeholderIn(expanded, isCertain);
}

function isPlaceholder(part: Part): boolean {
  const { text, isLast } = part;
  if (text === "") return false;
  if (isCertain(part) || FILLER.test(text)) return true;
  const bare = bareOf(text);
  // In capitals, or with "my" and such, it is a placeholder anywhere: real paths are not written so.
  return isLast && (NO_KEY.test(bare) || COUNTED.test(bare)) ||
    KEY_NAME.test(bare) && (isLast || /^[A-Z0-9_-]+$|^(my|the|some|example|sample|fake|dummy)/.test(text));
}

function isCertain({ text }: Part): boolean {
  const bare = bareOf(text);
  return TEMPLATE.test(text) || TO_REPLACE.test(bare) || /^x{3,}$/.test(bare) || /[-_.]your[-_.]/i.test(text);
}

function bareOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "");
}
