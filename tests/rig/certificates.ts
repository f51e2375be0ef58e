import { skipCheck } from "../fakes/outside_tool.ts";

/** A certificate with its key, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Certificates of an authority of one's own, in a folder that goes when they are disposed of. */
export interface Certificates extends AsyncDisposable {
  /** The file of the authority's certificate. */
  readonly authority: string;
  /** For `localhost`, valid now. */
  readonly good: Certificate;
  /** For `localhost`, valid until yesterday. */
  readonly expired: Certificate;
  /** For another name, valid now. */
  readonly misnamed: Certificate;
  /** The file names of the certificate for `localhost` and of its key. */
  readonly files: readonly [cert: string, key: string];
}

const CA_CONFIG = `[ca]
default_ca = own
[own]
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
`;

/**
 * Makes certificates with openssl.
 *
 * @param check what is left out without it
 * @returns `undefined` when there is no openssl
 */
export async function makeCertificates(check: string): Promise<Certificates | undefined> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/ca.cnf`, CA_CONFIG);
    await Deno.writeTextFile(`${folder}/index.txt`, "");
    await Deno.writeTextFile(`${folder}/serial`, "01\n");
    const own = ["-subj", "/CN=rig authority", "-addext", "basicConstraints=critical,CA:TRUE", "-days", "2"];
    await openssl(folder, ["req", "-x509", ...NEW_KEY, "-keyout", "ca.key", "-out", "ca.pem", ...own]);
    const today = Date.now();
    const good = await issue(folder, "good", "localhost", [today - DAY, today + DAY]);
    const expired = await issue(folder, "expired", "localhost", [today - 3 * DAY, today - DAY]);
    const misnamed = await issue(folder, "misnamed", "elsewhere.example", [today - DAY, today + DAY]);
    return {
      authority: `${folder}/ca.pem`,
      good,
      expired,
      misnamed,
      files: [`${folder}/good.pem`, `${folder}/good.key`],
      [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
    };
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    skipCheck(check, "there is no openssl");
    return undefined;
  }
}

const DAY = 86_400_000;
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

async function issue(
  folder: string,
  id: string,
  name: string,
  [from, to]: readonly [from: number, to: number],
): Promise<Certificate> {
  const wish = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
  await openssl(folder, ["req", ...NEW_KEY, "-keyout", `${id}.key`, "-out", `${id}.csr`, ...wish]);
  const signer = ["-batch", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key", "-notext"];
  const dates = ["-startdate", stamp(from), "-enddate", stamp(to)];
  await openssl(folder, ["ca", ...signer, "-in", `${id}.csr`, "-out", `${id}.pem`, ...dates]);
  const [cert, key] = await Promise.all(["pem", "key"].map((kind) => Deno.readTextFile(`${folder}/${id}.${kind}`)));
  return { cert: cert ?? "", key: key ?? "" };
}

/** As openssl writes moments: `20261121061400Z`. */
function stamp(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+|[-:T]/g, "");
}

async function openssl(cwd: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", {
    args: [...args],
    cwd,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`openssl ${args[0]} failed: ${new TextDecoder().decode(stderr)}`);
}
