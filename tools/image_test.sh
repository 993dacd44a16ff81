#!/usr/bin/env bash
# Build the image as docker/Dockerfile says, without Docker, and use it as it is meant to run: network off, not root, root file
# system read-only, the index on a volume.       tools/image_test.sh WHEELHOUSE FOLDER
#
# Debian's debootstrap stands in for debian:bookworm-slim and buildah for Docker. It needs root, and Debian's packages buildah,
# debootstrap, iproute2 and curl. STORAGE_DRIVER=overlay is quicker than vfs, and takes less disk, where it works.
# REUSE=1 uses the image of the last run again.
set -euo pipefail
wheelhouse=$(cd "$1" && pwd)
work=$(mkdir -p "$2" && cd "$2" && pwd)
repository=$(cd "$(dirname "$0")/.." && pwd)
storage=(--storage-driver="${STORAGE_DRIVER:-vfs}" --root "$work/storage" --runroot "$work/run")
base=localhost/debian:bookworm-slim
root=$work/root
mounts=()
container=

for tool in buildah debootstrap curl ip unshare; do
    command -v "$tool" >/dev/null || { echo "image-test: $tool is missing: apt-get install buildah debootstrap iproute2 curl" >&2; exit 2; }
done
[[ $EUID -eq 0 ]] || { echo "image-test: it needs root for chroot and mounts" >&2; exit 2; }

leave() {
    local status=$?
    for ((i = ${#mounts[@]} - 1; i >= 0; i--)); do umount --lazy "${mounts[i]}" 2>/dev/null || true; done
    if [[ -n "$container" ]]; then buildah "${storage[@]}" rm "$container" >/dev/null || true; fi
    if ((status)); then echo "image-test: failed; what was built stays in $work" >&2; fi
}
trap leave EXIT

step() { printf '%5d s  %s\n' "$SECONDS" "$*"; }

# --- The base
if ! buildah "${storage[@]}" inspect --type image "$base" >/dev/null 2>&1; then
    step "debootstrap of Debian bookworm"
    rm -rf "$work/base"
    debootstrap --variant=minbase --include=ca-certificates bookworm "$work/base" >"$work/debootstrap.log"
    container=$(buildah "${storage[@]}" from scratch)
    buildah "${storage[@]}" add --quiet "$container" "$work/base" / >/dev/null
    buildah "${storage[@]}" commit --quiet --rm "$container" "$base" >/dev/null
    rm -rf "$work/base"
fi

# --- The build, from a copy of what git knows, in which docker/wheels is full; .dockerignore holds as it does for Docker
if [[ -z "${REUSE:-}" ]]; then
    step "building the image"
    context=$work/context
    rm -rf "$context"
    mkdir -p "$context"
    (cd "$repository" && git ls-files -z | xargs -0 cp -a --parents --target-directory="$context")
    cp -al "$wheelhouse"/* "$context/docker/wheels" 2>/dev/null || cp -a "$wheelhouse"/* "$context/docker/wheels"
    buildah "${storage[@]}" bud --quiet --isolation=chroot --format=docker --pull-never --build-arg "BASE=$base" \
        --build-arg WHEELS=complete --target api --tag careerbot:test --file "$context/docker/Dockerfile" "$context" \
        >"$work/build.log" 2>&1 || { tail -n 30 "$work/build.log" >&2; exit 1; }
    rm -rf "$context"
    buildah "${storage[@]}" rmi --prune >/dev/null    # the image of an earlier run
fi

# --- Its root file system, read-only, with a volume and a temporary folder
container=$(buildah "${storage[@]}" from --pull-never careerbot:test)
image=$(buildah "${storage[@]}" mount "$container")
step "image: $(du --summarize --block-size=MB "$image" | cut -f1) unpacked; models $(du -s --block-size=MB "$image/opt/models" | cut -f1)"
user=$(buildah "${storage[@]}" inspect --type image --format '{{.Docker.Config.User}}' careerbot:test)
[[ "$user" == 10001 ]] || { echo "image-test: the image runs as '$user'" >&2; exit 1; }
found=$(find "$image" -xdev \( -name 'gcc*' -o -name 'c++*' -o -name cmake -o -name pip \) -path '*bin/*' | sed -n 1,3p)
[[ -z "$found" ]] || { echo "image-test: there is a compiler or pip in the image: $found" >&2; exit 1; }
mkdir -p "$root" "$work/volume"
rm -rf "${work:?}/volume"/*
chown 10001:10001 "$work/volume"
mount --bind "$image" "$root"; mounts+=("$root")
mount -o remount,bind,ro "$root"
mount --bind "$work/volume" "$root/data"; mounts+=("$root/data")
mount -t tmpfs -o size=64m,mode=1777 tmpfs "$root/tmp"; mounts+=("$root/tmp")
mount -t proc proc "$root/proc"; mounts+=("$root/proc")
mount --bind /sys "$root/sys"; mounts+=("$root/sys")
mount -o remount,bind,ro "$root/sys"
mount -t tmpfs -o size=8m tmpfs "$root/dev"; mounts+=("$root/dev")
for device in null zero urandom random; do touch "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; mounts+=("$root/dev/$device"); done
mkdir "$root/dev/shm"; mount -t tmpfs -o size=64m,mode=1777 tmpfs "$root/dev/shm"; mounts+=("$root/dev/shm")

# --- Everything from here on happens without a network
step "using it: no network, user 10001, read-only root"
ROOT=$root WORK=$work unshare --net bash "$repository/tools/image_use.sh"
step "done"
