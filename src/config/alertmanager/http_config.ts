import * as v from "valibot";
import { EXIT, ExitError } from "../../util/errors.ts";
import { protect } from "../../util/redact.ts";
import { type Stamp, stampOf } from "../files/stamps.ts";
import { readText } from "../files/read_text.ts";
import { ConfigError } from "../model/problem.ts";
import type { Header } from "../secrets/endpoint_url.ts";
import { expandSecrets } from "../secrets/expand_secrets.ts";
import { createReporter, Field } from "../source/source_tree.ts";
import { parse } from "../source/validator.ts";
import { yamlTree } from "../source/yaml_tree.ts";
import { checkHeader } from "../v2/read_endpoint.ts";

/** How Alertmanagers are reached: a file in the format of Prometheus' `http_config`. */
export interface HttpConfig {
  readonly headers: readonly Header[];
  /** In PEM, trusted besides the usual ones. */
  readonly caCerts: readonly string[];
}

const FILE = "the path of a file";
const TEXT = "a string";
const LIST = "a list of strings";
const list = v.optional(v.array(v.string(TEXT), LIST));

const shape = v.strictObject({
  basic_auth: v.optional(v.unknown()),
  authorization: v.optional(v.unknown()),
  http_headers: v.optional(v.record(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, "the name of an HTTP header")),
    v.unknown(),
  )),
  tls_config: v.optional(v.unknown()),
});

const basicAuthShape = v.strictObject({
  username: v.optional(v.string(TEXT)),
  username_file: v.optional(v.string(FILE)),
  password: v.optional(v.string(TEXT)),
  password_file: v.optional(v.string(FILE)),
});

const authorizationShape = v.strictObject({
  type: v.optional(v.string(TEXT)),
  credentials: v.optional(v.string(TEXT)),
  credentials_file: v.optional(v.string(FILE)),
});

const headerShape = v.strictObject({ values: list, secrets: list, files: list });

const tlsShape = v.strictObject({ ca: v.optional(v.string("a string in PEM")), ca_file: v.optional(v.string(FILE)) });

const MAX_BYTES = 1024 * 1024;

/** Where the file is, and what is noted of those it names. */
interface Place {
  readonly file: string;
  readonly stamps: Map<string, Stamp>;
}

/**
 * Reads the file that `--alertmanager.http-config` names, and the files that it names:
 * https://prometheus.io/docs/alerting/latest/configuration/#http_config
 *
 * @param stamps filled with every file that was read
 * @throws {ConfigError} when anything in it is invalid or not supported
 * @throws {ExitError} when it cannot be read
 */
export async function readHttpConfig(file: string, stamps: Map<string, Stamp> = new Map()): Promise<HttpConfig> {
  stamps.set(file, await stampOf(file));
  const text = await readText(file, MAX_BYTES);
  if (typeof text !== "string") {
    const advice = "Check --alertmanager.http-config, and that the file is mounted and readable for this user";
    throw new ExitError(EXIT.refused, `Cannot read the HTTP configuration ${file}: ${text.why}`, advice);
  }
  const tree = yamlTree(text, file);
  const reporter = createReporter(tree);
  const root = new Field(tree.value ?? {}, reporter);
  const place = { file, stamps };
  parse(shape, root);
  const headers = [
    await readBasicAuth(root.at("basic_auth"), place),
    await readAuthorization(root.at("authorization"), place),
    ...await readCustomHeaders(root.at("http_headers"), place),
  ].filter((header) => header !== undefined);
  const names = headers.map(([name]) => name);
  if (new Set(names).size < names.length) {
    root.error("A header is set twice", "Keep one of basic_auth, authorization and the header in http_headers");
  }
  const ca = await readCa(root.at("tls_config"), place);
  const { problems } = reporter;
  if (problems.length > 0) throw new ConfigError(file, problems);
  return { headers, caCerts: ca === undefined ? [] : [ca] };
}

async function readBasicAuth(field: Field, place: Place): Promise<Header | undefined> {
  if (field.value === undefined || parse(basicAuthShape, field) === undefined) return undefined;
  const [username, password] = [await readOne(field, "username", place), await readOne(field, "password", place)];
  if (username === undefined) return reportMissing(field, "username");
  if (username.includes(":")) return field.error("The user name has a colon, which basic authentication forbids", "");
  const credentials = `${username}:${password ?? ""}`;
  if (password !== undefined) protect(password);
  protect(credentials);
  return ["authorization", `Basic ${new TextEncoder().encode(credentials).toBase64()}`];
}

async function readAuthorization(field: Field, place: Place): Promise<Header | undefined> {
  if (field.value === undefined) return undefined;
  const written = parse(authorizationShape, field);
  if (written === undefined) return undefined;
  const { type = "Bearer" } = written;
  if (type.trim().toLowerCase() === "basic") return field.at("type").error("Use basic_auth for this type", "");
  const credentials = await readOne(field, "credentials", place);
  if (credentials === undefined) return reportMissing(field, "credentials");
  protect(credentials);
  return checkHeader("authorization", `${type.trim()} ${credentials}`, field);
}

/** Several values of one header are joined, as HTTP has it. */
async function readCustomHeaders(field: Field, place: Place): Promise<readonly (Header | undefined)[]> {
  const { value } = field;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const headers: (Header | undefined)[] = [];
  for (const name of Object.keys(value)) {
    const own = field.at(name);
    const written = parse(headerShape, own);
    if (written === undefined) continue;
    const { values = [], secrets = [] } = written;
    for (const secret of secrets) protect(secret);
    const files: (string | undefined)[] = [];
    for (const each of own.at("files").items()) files.push(await readSecretFile(each, place));
    const texts = [...values, ...secrets, ...files.filter((text) => text !== undefined)];
    if (texts.length === 0) own.error("The header has no value", "Set values, secrets or files");
    headers.push(checkHeader(name, texts.join(", "), own));
  }
  return headers;
}

async function readCa(field: Field, place: Place): Promise<string | undefined> {
  if (field.value === undefined) return undefined;
  const written = parse(tlsShape, field);
  if (written === undefined) return undefined;
  const ca = await readOne(field, "ca", place);
  if (ca === undefined) return undefined;
  return isPem(ca) ? ca : field.error("The CA certificate is not valid PEM", "");
}

/** The runtime ignores a text without any certificate. */
function isPem(text: string): boolean {
  if (!text.includes("-----BEGIN CERTIFICATE-----")) return false;
  try {
    Deno.createHttpClient({ caCerts: [text] }).close();
    return true;
  } catch {
    return false;
  }
}

/** A value that is written, or in a file of its own. */
async function readOne(field: Field, key: string, place: Place): Promise<string | undefined> {
  const [inline, file] = [field.at(key), field.at(`${key}_file`)];
  if (inline.value !== undefined && file.value !== undefined) {
    return inline.error(`${key}_file is set too`, "Keep one of them", "key");
  }
  if (typeof inline.value === "string") return inline.value;
  return file.value === undefined ? undefined : await readSecretFile(file, place);
}

/** One that is there and cannot be used was reported already. */
function reportMissing(field: Field, key: string): undefined {
  const isThere = [key, `${key}_file`].some((each) => field.at(each).value !== undefined);
  if (!isThere) field.error(`Missing required key "${key}" or "${key}_file"`, "");
}

async function readSecretFile(field: Field, { file, stamps }: Place): Promise<string | undefined> {
  const { value: path } = field;
  if (typeof path !== "string") return undefined;
  const text = await expandSecrets(`\${file:${path}}`, {
    env: () => undefined,
    file,
    onFile: async (whole) => void stamps.set(whole, await stampOf(whole)),
  });
  return typeof text === "string" ? text : field.error(text.message, text.advice);
}
