const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/;
const MAPPED_HEX = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/**
 * Writes the address of a client in one form: IPv4 that arrived on an IPv6 socket as IPv4, IPv6 without its zone.
 *
 * @param hostname such as `192.0.2.1`, `::ffff:192.0.2.1`, `fe80::1%eth0`
 */
export function clientAddress(hostname: string): string {
  const [address = ""] = hostname.toLowerCase().replace(/^\[|\]$/g, "").split("%");
  const dotted = MAPPED.exec(address)?.[1];
  if (dotted !== undefined) return dotted;
  const [, high, low] = MAPPED_HEX.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  const [one, two] = [parseInt(high, 16), parseInt(low, 16)];
  return [one >> 8, one & 255, two >> 8, two & 255].join(".");
}
