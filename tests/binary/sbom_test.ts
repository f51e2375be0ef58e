import assert from "node:assert/strict";
import { leaveOut, runOutside } from "../fakes/outside_tool.ts";
import { ROOT } from "../program/exporter_command.ts";

const VALIDATE = `
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read())
print("valid" if problem is None else problem)
`;

Deno.test("the SBOM of the build is valid CycloneDX", async () => {
  const text = await Deno.readTextFile(new URL("dist/sbom.cdx.json", ROOT));
  const verdict = await runOutside([Deno.env.get("PYTHON") ?? "python3", "-c", VALIDATE], text);
  if (verdict === undefined || /No module named 'cyclonedx/.test(verdict.said)) {
    return leaveOut("the validation of the bill of materials", "Python with cyclonedx-python-lib is not installed");
  }
  assert.deepEqual(verdict, { code: 0, said: "valid\n" });
});
