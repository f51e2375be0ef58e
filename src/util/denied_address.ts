/** Ports that `fetch` refuses: https://fetch.spec.whatwg.org/#port-blocking */
export const BLOCKED_PORTS: ReadonlySet<string> = new Set(
  [
    "0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123",
    "135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993",
    "995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080",
  ].join(" ").split(" "),
);

/** IPv4 addresses that are never a node: link-local, and metadata services of Alibaba, Azure and Oracle. */
const DENIED_IPV4 = /^(169\.254\.\d+\.\d+|100\.100\.100\.200|168\.63\.129\.16|192\.0\.0\.192)$/;

/** The same in IPv6, as eight groups: link-local, and metadata services of AWS, Google, Oracle and Scaleway. */
const DENIED_IPV6 = /^(fe[89ab].:.*|fd00:ec2:.*|fd20:ce:0:0:0:0:0:254|fd00:c1:0:0:0:0:a9fe:a9fe|fd00:42:0:0:0:0:0:42)$/;

/**
 * IPv6 prefixes that embed an IPv4 address, and the group at which it starts: mapped, compatible, translated (SIIT),
 * NAT64 (RFC 6052 and RFC 8215) and 6to4.
 */
const EMBEDDED_IPV4: readonly (readonly [prefix: RegExp, group: number])[] = [
  [/^0:0:0:0:0:ffff:/, 6],
  [/^0:0:0:0:0:0:/, 6],
  [/^0:0:0:0:ffff:0:/, 6],
  [/^64:ff9b:0:0:0:0:/, 6],
  [/^64:ff9b:1:/, 6],
  [/^2002:/, 1],
];

/**
 * Returns whether an address is link-local or a metadata service, in any notation. Private networks are allowed, since
 * nodes are often there.
 *
 * @param address IPv4, or IPv6 with or without brackets and zone; false for a name
 */
export function isDeniedAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  if (!bare.includes(":")) return DENIED_IPV4.test(bare.replace(/\.$/, ""));
  const groups = groupsOf(bare);
  if (groups === undefined) return false;
  const text = groups.join(":");
  if (DENIED_IPV6.test(text)) return true;
  return EMBEDDED_IPV4.some(([prefix, group]) => prefix.test(text) && DENIED_IPV4.test(ipv4At(groups, group)));
}

/** The eight groups of an IPv6 address, without leading zeros; undefined for anything else. */
function groupsOf(address: string): readonly string[] | undefined {
  // The URL parser converts an embedded dotted address to groups.
  const hostname = URL.parse(`http://[${address}]`)?.hostname.slice(1, -1);
  if (hostname === undefined) return undefined;
  const [head = "", tail] = hostname.split("::").map((part) => part.split(":").filter((group) => group !== ""));
  const before = [...head];
  const after = tail ?? [];
  return [...before, ...new Array<string>(8 - before.length - after.length).fill("0"), ...after];
}

function ipv4At(groups: readonly string[], index: number): string {
  return [groups[index], groups[index + 1]].map((group) => parseInt(group ?? "0", 16))
    .flatMap((pair) => [pair >> 8, pair & 255]).join(".");
}
