import assert from "node:assert/strict";

Deno.test("the shipped permissions refuse to write, run, load, and reach tokens and metadata services", async () => {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-P", "--no-prompt", "tests/testdata/permission_probe.ts"],
    cwd: new URL("../../", import.meta.url),
    stdin: "null",
  }).output();
  const results: unknown = JSON.parse(new TextDecoder().decode(stdout) || new TextDecoder().decode(stderr));
  assert.deepEqual(results, {
    write: "NotCapable",
    run: "NotCapable",
    ffi: "NotCapable",
    sys: "NotCapable",
    "token by /run": "NotCapable",
    "token by /var/run": "NotCapable",
    "metadata service": "NotCapable",
    "metadata service in decimal": "NotCapable",
    "metadata service, mapped": "NotCapable",
    "metadata service behind NAT64": "NotCapable",
    "metadata service of Google, IPv6": "NotCapable",
    "pod identity of AWS, IPv6": "NotCapable",
    "metadata service by name": "NotCapable",
    "a file": "allowed",
    "a variable": "allowed",
    "a listener": "allowed",
  });
});
