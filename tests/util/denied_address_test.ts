import assert from "node:assert/strict";
import fc from "fast-check";
import { isDeniedAddress } from "../../src/util/denied_address.ts";

Deno.test("SE1: isDeniedAddress() returns true for link-local addresses and metadata services in every notation", () => {
  const denied = [
    "169.254.169.254",
    "169.254.0.1",
    "169.254.170.23",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "::ffff:169.254.169.254",
    "::FFFF:A9FE:A9FE",
    "0:0:0:0:0:ffff:a9fe:a9fe",
    "::169.254.169.254",
    "::ffff:0:169.254.169.254",
    "64:ff9b::169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a9fe:a9fe",
    "64:ff9b:1:2:3:4:a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "fe80::1",
    "fe80::a9fe:a9fe%eth0",
    "febf::1",
    "fd00:ec2::254",
    "fd00:ec2::23",
    "fd00:0ec2:0:0:0:0:0:254",
    "fd20:ce::254",
    "fd00:c1::a9fe:a9fe",
    "fd00:42::42",
  ];
  for (const address of denied) {
    assert.equal(isDeniedAddress(address), true, address);
    if (address.includes(":") && !address.includes("%")) assert.equal(isDeniedAddress(`[${address}]`), true, address);
  }
});

Deno.test("SE1: isDeniedAddress() returns false for private networks, public addresses and names", () => {
  const allowed = [
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "127.0.0.1",
    "::1",
    "0.0.0.0",
    "::ffff:10.1.2.3",
    "64:ff9b::a01:203",
    "169.253.169.254",
    "100.100.100.201",
    "fd00::1",
    "fd20:ce::253",
    "fec0::1",
    "2001:db8::a9fe:a9fe",
    "169.254.169.254.example.org",
    "metadata.example",
    "localhost",
    "",
    ":",
    "::::",
    "[",
  ];
  for (const address of allowed) assert.equal(isDeniedAddress(address), false, address);
});

Deno.test("SE1: isDeniedAddress() checks IPv4 addresses embedded in IPv6 ones", () => {
  const octet = fc.oneof(
    fc.constantFrom(169, 254, 100, 200, 168, 63, 129, 16, 192, 0, 10),
    fc.integer({ max: 255, min: 0 }),
  );
  fc.assert(fc.property(fc.tuple(octet, octet, octet, octet), (octets) => {
    const dotted = octets.join(".");
    const expected = isDeniedAddress(dotted);
    const [a = 0, b = 0, c = 0, d = 0] = octets;
    const groups = `${(256 * a + b).toString(16)}:${(256 * c + d).toString(16)}`;
    for (const prefix of ["::ffff:", "64:ff9b::", "64:ff9b:1::", "::ffff:0:"]) {
      assert.equal(isDeniedAddress(prefix + dotted), expected, prefix + dotted);
      assert.equal(isDeniedAddress(prefix + groups), expected, prefix + groups);
    }
    assert.equal(isDeniedAddress(`2002:${groups}::`), expected);
  }));
});
