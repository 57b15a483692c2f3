#!/bin/sh
# Build the Debian packages into var/deb, in place of those that lie there. Settings:
#   DEB_RELEASE  12 (Python 3.11) or 13 (Python 3.13): Debian, and Raspberry Pi OS alike
#   DEB_ARCH     amd64 or arm64; no emulator is needed, nothing is compiled
# The same commit gives the same bytes: every file carries that commit's date, and so does the version,
# by which a package of a later commit is an upgrade.
set -eu
umask 022
cd "$(dirname "$0")/.."
release=${DEB_RELEASE:-12}
arch=${DEB_ARCH:-$(dpkg --print-architecture)}
case $release in
    12) python=3.11 next=3.12 recommends="" ;;
    # lgpio has no wheel for this Python. Raspberry Pi OS has a package of it, Debian itself has none.
    13) python=3.13 next=3.14 recommends=", python3-lgpio" ;;
    *) echo "DEB_RELEASE must be 12 or 13, not $release" >&2; exit 2 ;;
esac
case $arch in
    amd64) machine=x86_64 ;;
    arm64) machine=aarch64 ;;
    *) echo "DEB_ARCH must be amd64 or arm64, not $arch" >&2; exit 2 ;;
esac
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' faceidd/__init__.py)
version=$version+$(date --utc --date="@$SOURCE_DATE_EPOCH" +%Y%m%d.%H%M%S)
into=var/deb
uv=$(sh requirements/uv.sh)

# What lies on a board: faceidd and what it runs with, as a virtual environment has it. It sees the
# distribution's packages behind its own (python3-lgpio, python3-picamera2).
lay_out_faceidd() {
    home=$1/usr/lib/faceidd
    packages=$home/lib/python$python/site-packages
    mkdir -p "$packages" "$home/bin" "$1/usr/bin" "$1/etc/faceidd" \
        "$1/usr/lib/systemd/system" "$1/usr/share/doc/faceidd/examples"
    "$uv" pip install --no-config --quiet --target "$packages" --python-version "$python" \
        --python-platform "$machine-manylinux_2_36" --require-hashes --only-binary :all: \
        --no-deps --link-mode copy --requirement requirements/device.txt
    # Commands and tests of the libraries, and a hook of setuptools that every start would pay for.
    rm -rf "$packages/bin" "$packages/.lock" "$packages/distutils-precedence.pth"
    find "$packages" -type d -name tests -prune -exec rm -rf {} +
    find "$packages" -name '*.exe' -delete
    find "$packages" -type f -exec chmod 644 {} +
    tar -c --exclude=__pycache__ faceidd | tar -x -C "$packages"
    printf 'home = /usr/bin\ninclude-system-site-packages = true\nversion = %s\n' "$python" \
        > "$home/pyvenv.cfg"
    ln -s "/usr/bin/python$python" "$home/bin/python3"
    install -m 755 packaging/launcher "$home/bin/faceidd"
    ln -s ../lib/faceidd/bin/faceidd "$1/usr/bin/faceidd"
    install -m 644 config/faceidd.yaml "$1/etc/faceidd/"
    install -m 644 systemd/*.service systemd/*.timer systemd/*.path "$1/usr/lib/systemd/system/"
    install -D -m 644 systemd/sysusers.conf "$1/usr/lib/sysusers.d/faceidd.conf"
    install -D -m 644 systemd/tmpfiles.conf "$1/usr/lib/tmpfiles.d/faceidd.conf"
    install -D -m 644 systemd/udev.rules "$1/usr/lib/udev/rules.d/60-faceidd.rules"
    install -m 644 systemd/examples/* config/policy.yaml config/door-script.yaml \
        "$1/usr/share/doc/faceidd/examples/"
}

# The packs of the default settings; of the embedder one variant, a seventh of its size.
lay_out_faceidd_models() {
    packs=$1/usr/share/faceidd/models
    mkdir -p "$packs" "$1/usr/share/doc/faceidd-models"
    for pack in blazeface facenet mtcnn; do
        cp -R "${FACEIDD_MODELS:-var/models}/$pack" "$packs/"
        rm -rf "$packs/$pack/calibration" # embeddings of people
    done
    "${PYTHON:-python3}" packaging/narrow.py "$packs/facenet" int8
}

# Name the package, give all files one date, and close it.
close() {
    name=$1 tree=$2 file=$3 its_version=$4
    mkdir -p "$tree/DEBIAN" "$tree/usr/share/doc/$name"
    cp "packaging/$name/copyright" "$tree/usr/share/doc/$name/"
    for script in postinst prerm postrm; do
        [ ! -e "packaging/$name/$script" ] ||
            install -m 755 "packaging/$name/$script" "$tree/DEBIAN/"
    done
    [ ! -d "$tree/etc" ] || (cd "$tree" && find etc -type f -printf '/%p\n') > "$tree/DEBIAN/conffiles"
    size=$(du -sk --apparent-size --exclude=DEBIAN "$tree" | cut -f 1)
    sed -e "s/@VERSION@/$its_version/" -e "s/@ARCH@/$arch/" -e "s/@SIZE@/$size/" \
        -e "s/@PYTHON@/$python/" -e "s/@NEXT_PYTHON@/$next/" -e "s/@RECOMMENDS@/$recommends/" \
        "packaging/$name/control" > "$tree/DEBIAN/control"
    (cd "$tree" && find . -path ./DEBIAN -prune -o -type f -printf '%P\n' | LC_ALL=C sort |
        xargs -d '\n' md5sum) > "$tree/DEBIAN/md5sums"
    chmod -R u+rwX,go=rX "$tree"
    find "$tree" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
    # A fifth more bytes than xz makes, built and opened many times as fast.
    dpkg-deb --build --root-owner-group -Zzstd -z9 "$tree" "$into/$file.unfinished"
    rm -f "$into/${name}_"*"${file#*"$version"}"
    mv "$into/$file.unfinished" "$into/$file"
}

mkdir -p "$into"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
lay_out_faceidd "$work/faceidd"
close faceidd "$work/faceidd" "faceidd_$version~deb${release}_$arch.deb" "$version~deb$release"
lay_out_faceidd_models "$work/models"
close faceidd-models "$work/models" "faceidd-models_${version}_all.deb" "$version"
