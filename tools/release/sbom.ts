import type { PackageFacts } from "./package_facts.ts";

/** The parts of a binary. */
export interface Built {
  readonly version: string;
  readonly revision: string;
  /** The version of the runtime. */
  readonly deno: string;
  /** Packages whose code is in the program. */
  readonly packages: readonly PackageFacts[];
}

const SELF = "wallet-balance-exporter";

/** The SBOM in CycloneDX 1.6 (JSON), reproducible: without a time and a serial number. */
export function sbom({ version, revision, deno, packages }: Built): string {
  const runtime = `pkg:github/denoland/deno@v${deno}`;
  const self = `pkg:generic/${SELF}@${version}`;
  const ids = new Set(packages.map(idOf));
  return JSON.stringify(
    {
      bomFormat: "CycloneDX",
      specVersion: "1.6",
      version: 1,
      metadata: {
        component: {
          type: "application",
          name: SELF,
          version,
          "bom-ref": self,
          purl: self,
          licenses: [{ license: { id: "Apache-2.0" } }],
          properties: [{ name: "revision", value: revision }],
        },
      },
      components: [
        {
          type: "platform",
          name: "deno",
          version: deno,
          "bom-ref": runtime,
          purl: runtime,
          licenses: [{ license: { id: "MIT" } }],
          externalReferences: [{ type: "vcs", url: "https://github.com/denoland/deno" }],
        },
        ...packages.map(component),
      ],
      dependencies: [
        { ref: self, dependsOn: [runtime, ...packages.map(purlOf)] },
        ...packages.map((each) => ({
          ref: purlOf(each),
          dependsOn: each.needs.filter((id) => ids.has(id)).map((id) => purlOf(splitId(id))),
        })),
      ],
    },
    null,
    2,
  ) + "\n";
}

type Named = Pick<PackageFacts, "name" | "version">;

function component(each: PackageFacts): Record<string, unknown> {
  const [scope, name] = each.name.startsWith("@") ? each.name.split("/") : [undefined, each.name];
  const [algorithm, hash = ""] = each.integrity.split("-");
  if (algorithm !== "sha512") throw new Error(`${each.name} is locked by ${algorithm}, not by sha512`);
  return {
    type: "library",
    ...(scope !== undefined && { group: scope }),
    name,
    version: each.version,
    "bom-ref": purlOf(each),
    purl: purlOf(each),
    // Of the registry's archive, from the lock file.
    hashes: [{ alg: "SHA-512", content: Uint8Array.fromBase64(hash).toHex() }],
    licenses: [{ license: { id: each.licence } }],
  };
}

function idOf({ name, version }: Named): string {
  return `${name}@${version}`;
}

function splitId(id: string): Named {
  const at = id.lastIndexOf("@");
  return { name: id.slice(0, at), version: id.slice(at + 1) };
}

function purlOf({ name, version }: Named): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}
