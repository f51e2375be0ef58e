import assert from "node:assert/strict";
import { runOutside, skipCheck } from "../fakes/outside_tool.ts";
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
  const result = await runOutside([Deno.env.get("PYTHON") ?? "python3", "-c", VALIDATE], text);
  if (result === undefined || /No module named 'cyclonedx/.test(result.output)) {
    return skipCheck("the validation of the bill of materials", "Python with cyclonedx-python-lib is not installed");
  }
  assert.deepEqual(result, { code: 0, output: "valid\n" });
});
