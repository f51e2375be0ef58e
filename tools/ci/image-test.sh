#!/usr/bin/env bash
# image-test.sh [options] [CONTEXT] - builds a Dockerfile without a container engine and without an image registry,
# starts the image, and requests /metrics.
#
# The base images of the Dockerfile are replaced by images made from Debian packages (the same files that the real ones
# are made of), tagged with the names that the Dockerfile uses; buildah builds the unchanged Dockerfile on them.
# It proves that the Dockerfile's steps work, that the binary finds its libraries, and that the image serves as
# user 65532 on a read-only root without capabilities. It does not prove that the real base images have the same
# content. Digests (@sha256:...) are removed for this build, since the replacements have others.
#
#   -e K=V     environment of the started image (repeatable)
#   -p PORT    the port on which the image listens (default 8080)
#   -m TEXT    what the response must contain (default "# TYPE ")
#   --build-arg K=V   an argument of the build (repeatable)
# Environment: DENO (the deno binary of the build stage, default from PATH), CI_TOOLS (370 MB; outside CONTEXT).
# Needs root, and Debian's buildah, util-linux, coreutils, procps, curl, jq.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
say() { echo "image-test: $*" >&2; }
die() { say "$*"; exit 1; }

port=8080 url=/metrics want='# TYPE ' wait_s=20 context=.
envs=() build_args=()
while [ $# -gt 0 ]; do
  case $1 in
    -e) envs+=("$2"); shift 2 ;;
    -p) port=$2; shift 2 ;;
    -m) want=$2; shift 2 ;;
    --build-arg) build_args+=(--build-arg "$2"); shift 2 ;;
    -*) die "unknown option $1" ;;
    *) context=$1; shift ;;
  esac
done
file=$context/Dockerfile
[ -f "$file" ] || die "no $file"
[ "$(id -u)" = 0 ] || die "needs root (user switch, mounts, chroot)"
PATH=$PATH:/usr/sbin
for tool in buildah unshare setpriv chroot curl jq ps apt-get dpkg-deb; do
  command -v "$tool" >/dev/null || die "needs $tool"
done

cache=${CI_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/wallet-balance-exporter-tools}/image-test
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
case $cache/ in "$(cd "$context" && pwd)"/*) die "the cache $cache is in the build context" ;; esac
suite=trixie
work=$(mktemp -d)
server='' container='' image='' building='' had=''
b() { buildah --root "$cache/store" --runroot "$work/run" --storage-driver vfs "$@"; }
child() { ps -o pid= --ppid "$server" | tr -d ' '; }
cleanup() {
  # the child first: after the user switch it does not end with its parent
  # shellcheck disable=SC2046 # a word per process id
  [ -z "$server" ] || kill -KILL $(child) "$server" 2>/dev/null || true
  [ -z "$container" ] || { b umount "$container"; b rm "$container"; } >/dev/null 2>&1 || true
  # containers of an interrupted build
  # shellcheck disable=SC2046 # a word per container
  [ -z "$building" ] || b rm $(comm -13 <(echo "$had") <(b containers -q | sort)) >/dev/null 2>&1 || true
  [ -z "$image" ] || b rmi "$image" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT

# debs OUT PACKAGE...: unpack packages of the suite (of exactly these names) into OUT, with an apt
# state of its own: the machine's is neither read nor changed.
apt_ready=''
debs() {
  local out=$1 a=$work/apt mirror; shift
  local o=(-qq -o "Dir::Etc=$a/etc" -o "Dir::State=$a/state" -o "Dir::State::status=$a/status"
    -o "Dir::Cache=$a/cache" -o APT::Sandbox::User=root -o Acquire::Languages=none)
  if [ -z "$apt_ready" ]; then
    mkdir -p "$a"/{etc/sources.list.d,etc/preferences.d,state/lists/partial,cache/archives/partial}
    : >"$a/status"
    # the Debian mirror of this machine
    mirror=$({ cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true; } |
      sed -nE 's/^URIs: *(\S*\/debian\/?)( .*)?$/\1/p; s/^deb (\[[^]]*\] )?(\S*\/debian\/?) .*/\2/p' | sed 1q)
    [ -n "$mirror" ] || die "no Debian mirror in this machine's apt sources"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$a/etc/sources.list"
    apt-get "${o[@]}" update
    apt_ready=1
  fi
  rm -rf "$a/debs"; mkdir -p "$a/debs" "$out"
  (cd "$a/debs" && apt-get "${o[@]}" download "$@")
  # base-files first: it holds the links /bin, /lib and /lib64
  local deb
  for deb in "$a"/debs/base-files_*.deb "$a"/debs/*.deb; do dpkg-deb -x "$deb" "$out"; done
}

tag_root() { # tag_root NAME ROOT CONFIG-LINE...: a one-layer image; a tar keeps the owners
  local name=$1 root=$2 ctx=$work/ctx; shift 2
  rm -rf "$ctx"; mkdir -p "$ctx"
  tar -C "$root" --numeric-owner -cf "$ctx/root.tar" .
  { echo 'FROM scratch'; echo 'ADD root.tar /'; printf '%s\n' "$@"; } >"$work/Dockerfile.base"
  b bud --pull-never --isolation chroot -q -t "$name" -f "$work/Dockerfile.base" "$ctx" >/dev/null
  rm -rf "$ctx" "$root"
}

base_distroless() { # like gcr.io/distroless/cc-debian13:nonroot
  local name=$1 root=$work/cc
  debs "$root" base-files netbase tzdata media-types ca-certificates libc6 libgcc-s1 gcc-14-base libstdc++6 libgomp1
  mkdir -p "$root"/etc/ssl/certs "$root"/home/nonroot "$root"/lib64
  cat "$root"/usr/share/ca-certificates/mozilla/*.crt >"$root/etc/ssl/certs/ca-certificates.crt"
  rm -rf "${root:?}"/usr/share/{doc,man,lintian,ca-certificates,bug} "${root:?}"/usr/{bin,sbin}
  mkdir "$root"/usr/{bin,sbin}
  printf '%s\n' root:x:0:0:root:/root:/sbin/nologin nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin \
    nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin >"$root/etc/passwd"
  printf '%s\n' root:x:0: nobody:x:65534: tty:x:5: staff:x:50: nonroot:x:65532: >"$root/etc/group"
  chmod 700 "$root/root" "$root/home/nonroot"; chmod 1777 "$root/tmp"
  chown 65532:65532 "$root/home/nonroot"
  tag_root "$name" "$root" \
    'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt' \
    'USER 65532' 'WORKDIR /home/nonroot'
}

base_deno() { # like denoland/deno: a small Debian with deno, its denort and this machine's certificate authorities
  local name=$1 root=$work/deno deno version denort_version
  deno=${DENO:-$(command -v deno || true)}
  [ -n "$deno" ] || die "no deno binary: set DENO"
  version=$("$deno" --version | sed -n '1s/^deno \([^ ]*\).*/\1/p')
  case $name in
    *:*"$version"*) ;;
    *) die "the Dockerfile builds on $name but $deno is $version" ;;
  esac
  debs "$root" base-files dash coreutils sed findutils libc6 libgcc-s1 libacl1 libattr1 libcap2 libgmp10 libselinux1 \
    libpcre2-8-0 libssl3t64 libzstd1 zlib1g libsystemd0 ca-certificates
  ln -sf dash "$root/usr/bin/sh"
  mkdir -p "$root"/etc/ssl/certs "$root"/deno-dir "$root"/opt/denort
  chmod 1777 "$root/tmp"
  cat /etc/ssl/certs/ca-certificates.crt >"$root/etc/ssl/certs/ca-certificates.crt"
  echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
  install -m 755 "$(readlink -f "$deno")" "$root/usr/bin/deno"
  denort_version=$(DENORT_VERSION=$version bash "$here/denort.sh" "$cache/denort")
  [ "$denort_version" = "$version" ] || die "denort is $denort_version but deno is $version"
  install -m 755 "$cache/denort/denort" "$root/opt/denort/denort"
  tag_root "$name" "$root" \
    'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    "ENV DENO_DIR=/deno-dir/ DENO_VERSION=$version DENO_TLS_CA_STORE=system DENORT_BIN=/opt/denort/denort"
}

# 1. The base images, with defaults of ARG and without digests.
sed -E '/^FROM /s/@sha256:[0-9a-f]+//' "$file" >"$work/Dockerfile"
declare -A arg=()
while IFS= read -r line; do
  [[ $line =~ ^ARG\ +([A-Za-z_0-9]+)=\"?([^\"]*)\"?$ ]] && arg[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
done < <(sed '/^FROM /q' "$work/Dockerfile")
for ((i = 1; i < ${#build_args[@]}; i += 2)); do arg[${build_args[i]%%=*}]=${build_args[i]#*=}; done
stages=' '
while read -r base as; do
  for k in "${!arg[@]}"; do base=${base//\$\{$k\}/${arg[$k]}}; base=${base//\$$k/${arg[$k]}}; done
  case "$stages" in *" $base "*) base=scratch ;; esac
  stages+="$as "
  if [ "$base" = scratch ]; then continue; fi
  if b inspect --type image "$base" >/dev/null 2>&1; then say "$base: cached"; continue; fi
  say "$base: building a replacement"
  case $base in
    *distroless/cc-debian*) base_distroless "$base" ;;
    *denoland/deno:*) base_deno "$base" ;;
    *) die "no replacement for the base image $base" ;;
  esac
done < <(sed -nE 's/^FROM +(--[^ ]+ +)*([^ ]+)( +[Aa][Ss] +([^ ]+))?.*/\2 \4/p' "$work/Dockerfile")

# 2. The build.
image=localhost/image-test:$$
say "building $file"
had=$(b containers -q | sort) building=1
b bud --pull-never --isolation chroot "${build_args[@]}" -t "$image" -f "$work/Dockerfile" "$context" >"$work/build.log" 2>&1 ||
  { cat "$work/build.log" >&2; die "the build failed"; }
building=''
config=$(b inspect --type image "$image" | jq .OCIv1.config)
user=$(jq -r '.User // ""' <<<"$config")
case $user in
  65532 | 65532:65532 | nonroot | nonroot:nonroot) ;;
  *) die "the image runs as '$user', not as 65532" ;;
esac
mapfile -t command < <(jq -r '(.Entrypoint // [])[], (.Cmd // [])[]' <<<"$config")
[ ${#command[@]} -gt 0 ] || die "the image has neither ENTRYPOINT nor CMD"
mapfile -t image_env < <(jq -r '(.Env // [])[]' <<<"$config")
container=$(b from --pull-never "$image")
root=$(b mount "$container")
[ ! -e "$root/bin/sh" ] || die "the image holds a shell"
say "image: $(du -sm --apparent-size "$root" | cut -f1) MB, user $user, ${command[*]}"

# 3. The start, as a container engine would with --read-only --cap-drop=ALL
# --security-opt=no-new-privileges, on this machine's network.
mkdir -p "$work/root"
cat >"$work/start.sh" <<'START'
set -eu
root=$1; shift
mount --bind "$SOURCE" "$root"
mkdir -p "$root/proc" "$root/dev"
mount -t proc proc "$root/proc"
mount -t tmpfs -o size=64k,mode=755 dev "$root/dev"
for d in null zero random urandom; do : >"$root/dev/$d"; mount --bind "/dev/$d" "$root/dev/$d"; done
mount -o remount,ro "$root/dev"
for f in resolv.conf hosts; do
  [ -e "$root/etc/$f" ] || : >"$root/etc/$f"
  mount --bind "/etc/$f" "$root/etc/$f"; mount -o remount,ro,bind "$root/etc/$f"
done
mount -o remount,ro,bind "$root"
# Without inheritable capabilities, the change of user drops the others.
exec setpriv --no-new-privs --inh-caps=-all env -i "$@"
START
SOURCE=$root unshare --mount --pid --fork \
  bash "$work/start.sh" "$work/root" "${image_env[@]}" HOSTNAME=image-test "${envs[@]}" \
  "$(command -v chroot)" --userspec=65532:65532 --groups= "$work/root" "${command[@]}" >"$work/server.log" 2>&1 &
server=$!

began=$(date +%s%N)
body=''
until body=$(curl -fsS --max-time 5 "http://127.0.0.1:$port$url" 2>"$work/curl.log"); do
  kill -0 "$server" 2>/dev/null || { cat "$work/server.log" >&2; die "the image stopped before its first response"; }
  [ $(($(date +%s%N) - began)) -lt $((wait_s * 1000000000)) ] ||
    { cat "$work/server.log" "$work/curl.log" >&2; die "no response from $url in $wait_s s"; }
  sleep 0.05
done
ms=$((($(date +%s%N) - began) / 1000000))
grep -qF -- "$want" <<<"$body" || { head -n 20 <<<"$body" >&2; die "the response of $url lacks '$want'"; }
pid=$(child)
state() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$pid/status"; }
read -r uid _ <<<"$(state Uid)"
[ "$uid" = 65532 ] || die "the server runs as uid $uid"
[ "$(state CapEff)" = 0000000000000000 ] || die "the server has capabilities $(state CapEff)"
[ "$(state NoNewPrivs)" = 1 ] || die "the server may gain privileges"
awk '$5 == "/" { exit $6 !~ /^ro(,|$)/ }' "/proc/$pid/mountinfo" || die "the root is writable"
rss=$(state VmRSS)
kill -TERM "$pid"
stopped=0
wait "$server" || stopped=$?
server=''
[ "$stopped" = 0 ] || { tail -n 5 "$work/server.log" >&2; die "SIGTERM to process 1 ended it with $stopped, not 0"; }
say "passed: $url responded after $ms ms as uid 65532 on a read-only root (RSS $rss), SIGTERM ended it with 0"
