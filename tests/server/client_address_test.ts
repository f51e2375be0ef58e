import assert from "node:assert/strict";
import fc from "fast-check";
import { clientAddress } from "../../src/server/client_address.ts";

Deno.test("clientAddress() gives one client one name, whichever family its connection arrived by", () => {
  const same: readonly (readonly [string, string])[] = [
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:192.0.2.1", "192.0.2.1"],
    ["::ffff:c000:201", "192.0.2.1"],
    ["::1", "::1"],
    ["[2001:DB8::1]", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["2001:db8::ffff:c000:201", "2001:db8::ffff:c000:201"],
  ];
  for (const [hostname, expected] of same) assert.equal(clientAddress(hostname), expected);
});

Deno.test("clientAddress() maps every IPv4 address to itself", () => {
  fc.assert(fc.property(fc.ipV4(), (address) => {
    const [one = 0, two = 0, three = 0, four = 0] = address.split(".").map(Number);
    const hex = `::ffff:${(one * 256 + two).toString(16)}:${(three * 256 + four).toString(16)}`;
    assert.equal(clientAddress(address), address);
    assert.equal(clientAddress(`::ffff:${address}`), address);
    assert.equal(clientAddress(hex), address);
  }));
});
