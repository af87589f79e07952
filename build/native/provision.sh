#!/bin/sh
# Yields artifacts/native/RID/libs2n.so and what belongs beside it. See --help and README.md.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
pin=$here/aws-crt.pin
stub=$here/napi-stub.c
script=$here/provision.sh
addon=aws-crt-nodejs.node # libs2n.so asks for it by this name, so it must stay
rids='linux-x64 linux-arm64 linux-musl-x64 linux-musl-arm64'

usage()
{
    cat <<END
Usage: provision.sh [--output DIR] [--all | RID...]

Makes DIR/RID/libs2n.so (s2n-tls from the npm package pinned in aws-crt.pin), with the shared object
that it loads, LICENSE and NOTICE beside it. Does nothing where that is already there and up to date.

  RID           $rids
                (default: the one of this machine)
  --all         all four
  --output DIR  default: artifacts/native in the repository

Needs npm and a C compiler: \$CC, cc, gcc or clang. For another processor than this machine's: clang and lld.
END
}

say() { printf '%s\n' "$*"; }

fail()
{
    printf 'provision.sh: %s\n' "$@" >&2
    exit 1
}

bad_usage()
{
    printf 'provision.sh: %s (see --help)\n' "$1" >&2
    exit 2
}

have() { command -v "$1" >/dev/null 2>&1; }

pinned()
{
    value=$(sed -n "s/^$1=//p" "$pin")
    [ -n "$value" ] || fail "aws-crt.pin has no line $1=…"
    printf '%s' "$value"
}

# A file /lib/ld-musl-* says little: glibc machines may have musl installed, and the reverse.
machine_rid()
{
    [ "$(uname -s)" = Linux ] || return 1
    libc=
    if ! getconf GNU_LIBC_VERSION >/dev/null 2>&1 && ldd --version 2>&1 | grep -qi musl; then
        libc=musl-
    fi
    case $(uname -m) in
        x86_64 | amd64) printf 'linux-%sx64' "$libc" ;;
        aarch64 | arm64) printf 'linux-%sarm64' "$libc" ;;
        *) return 1 ;;
    esac
}

# What the result depends on, as one short line.
current_stamp() { cat "$pin" "$stub" "$script" | cksum; }

up_to_date()
{
    for file in libs2n.so "$addon" aws-crt.LICENSE aws-crt.NOTICE .stamp; do
        [ -s "$output/$1/$file" ] || return 1
    done
    [ "$(cat "$output/$1/.stamp")" = "$stamp" ]
}

# A build that compares times (MSBuild) would call again for ever when an input was merely touched.
freshen()
{
    for file in libs2n.so "$addon" .stamp; do
        if [ -n "$(find "$pin" "$stub" "$script" -newer "$output/$1/$file")" ]; then
            touch "$output/$1/libs2n.so" "$output/$1/$addon" "$output/$1/.stamp" 2>/dev/null || : # not ours
            return
        fi
    done
}

can_link_with_lld()
{
    lld=$($1 -print-prog-name=ld.lld 2>/dev/null) || return 1
    have "$lld"
}

# Sets $compiler to what links for the RID. The stub needs no libc, so only the processor counts.
# $CC may carry arguments, as in make; hence no quotes around it.
choose_compiler()
{
    case $1 in
        *-x64) processor=x86_64 ;;
        *) processor=aarch64 ;;
    esac
    if [ -n "${CC:-}" ] && ! $CC -dumpmachine >/dev/null 2>&1; then
        fail "CC is '$CC', which does not run as a C compiler here." 'Debian: apt-get install gcc'
    fi
    for compiler in ${CC:+"$CC"} cc gcc clang; do
        case $($compiler -dumpmachine 2>/dev/null) in
            "$processor"-*linux*) return ;;
        esac
    done
    for compiler in ${CC:+"$CC"} clang; do
        case $($compiler --version 2>/dev/null) in
            *clang*)
                if can_link_with_lld "$compiler"; then
                    compiler="$compiler --target=$processor-linux-gnu -fuse-ld=lld"
                    return
                fi
                ;;
        esac
    done
    if [ "$1" = "$machine" ]; then
        fail 'a C compiler is needed.' 'Debian: apt-get install gcc'
    else
        fail "clang and lld are needed to link for $1 on this machine." 'Debian: apt-get install clang lld'
    fi
}

integrity_of()
{
    node -e '
        const hash = require("crypto").createHash("sha512");
        process.stdout.write("sha512-" + hash.update(require("fs").readFileSync(process.argv[1])).digest("base64"));
        ' "$1"
}

# Puts the verified tarball at $work/package.tgz. The cached copy is taken first, so that nothing done
# to the cache meanwhile matters, and is verified like a fresh one.
fetch()
{
    cached=$output/.cache/$package-$version.tgz
    if cp "$cached" "$work/package.tgz" 2>/dev/null; then
        [ "$(integrity_of "$work/package.tgz")" != "$integrity" ] || return 0
        rm -f "$cached" "$work/package.tgz"
    fi

    need_npm
    mkdir "$work/download"
    # In the background, so that a signal to this shell alone ends a slow download too.
    (cd "$work/download" && exec npm pack "$package@$version" \
        --ignore-scripts --no-update-notifier --loglevel=error) >/dev/null &
    download=$!
    wait "$download" || fail "npm could not fetch $package@$version."
    download=
    mv "$work/download/"*.tgz "$work/package.tgz"

    actual=$(integrity_of "$work/package.tgz")
    [ "$actual" = "$integrity" ] || fail \
        "$package@$version is not the file that aws-crt.pin names; nothing was installed." \
        "  expected $integrity" \
        "  got      $actual"

    mkdir -p "$output/.cache"
    cp "$work/package.tgz" "$work/cached.tgz"
    mv -f "$work/cached.tgz" "$cached"
}

need_npm() { have npm || fail 'npm is needed to fetch the native library.' 'Debian: apt-get install npm'; }

build()
{
    choose_compiler "$1"
    case $1 in
        *-musl-*) member=package/dist/bin/linux-${1##*-}-musl/$addon ;;
        *) member=package/dist/bin/linux-${1##*-}-glibc/$addon ;;
    esac
    mkdir "$work/$1"
    cd "$work/$1"
    # -m: the package's times (1985) would make the files look older than everything they depend on.
    tar -xzmof "$work/package.tgz" "$member" package/LICENSE package/NOTICE
    mv "$member" "$addon"
    mv package/LICENSE aws-crt.LICENSE
    mv package/NOTICE aws-crt.NOTICE
    rm -r package
    grep -aq "AWS-LC $(pinned aws_lc)" "$addon" ||
        fail "$addon does not say that it has AWS-LC $(pinned aws_lc), the version in aws-crt.pin."
    cp "$stub" napi-stub.c # its name here is the same wherever the repository is, and so is the result

    # --no-as-needed: the stub uses nothing of the addon, yet must pull it in.
    # --unresolved-symbols: the addon's own needs (libc) are met at load, and may not be on this machine.
    # shellcheck disable=SC2086
    $compiler -shared -fPIC -O2 -nostdlib -o libs2n.so napi-stub.c \
        -Wl,--no-as-needed "./$addon" \
        -Wl,-soname,libs2n.so "-Wl,-rpath,\$ORIGIN" -Wl,--enable-new-dtags \
        -Wl,--unresolved-symbols=ignore-in-shared-libs -Wl,-z,noexecstack -Wl,--build-id ||
        fail "$compiler could not link libs2n.so for $1."
    rm napi-stub.c
    chmod 644 "$addon" aws-crt.LICENSE aws-crt.NOTICE
    [ "$1" != "$machine" ] || probe
    printf '%s\n' "$stamp" >.stamp
    cd "$work"
}

# Loads the library as a program would, with every symbol resolved at once (2 is RTLD_NOW): a new
# version of the addon that needs a napi_* function which the stub lacks is found out here.
probe()
{
    cat >"$work/probe.c" <<'END'
extern void *dlopen(const char *, int);
extern void *dlsym(void *, const char *);
extern char *dlerror(void);
extern int puts(const char *);

int main(int argc, char **argv)
{
    void *library = argc == 2 ? dlopen(argv[1], 2) : 0;
    if (library && dlsym(library, "s2n_init"))
        return 0;
    puts(dlerror());
    return 1;
}
END
    # shellcheck disable=SC2086
    if ! $compiler -o "$work/probe" "$work/probe.c" -ldl >/dev/null 2>&1; then
        say "$machine: not tried (a program needs libc's development files; Debian: libc6-dev)"
        return
    fi
    problem=$("$work/probe" "$work/$machine/libs2n.so" 2>&1) ||
        fail "libs2n.so for $machine was linked, but does not load: $problem"
}

# Each file appears whole, by a rename; libs2n.so after what it needs, the stamp last.
publish()
{
    if up_to_date "$1"; then
        return # another run was faster
    fi
    trap '' HUP INT TERM
    mkdir -p "$output/$1"
    for file in "$addon" aws-crt.LICENSE aws-crt.NOTICE libs2n.so .stamp; do
        mv -f "$work/$1/$file" "$output/$1/$file"
    done
    catch_signals
}

catch_signals()
{
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

# Leaves nothing of this run: neither its work nor a folder that it made and that stayed empty.
work=
download=
first_made=
clean_up()
{
    status=$?
    trap '' HUP INT TERM
    cd /
    [ -z "$download" ] || kill "$download" 2>/dev/null || :
    [ -z "$download" ] || wait "$download" 2>/dev/null || :
    [ -z "$work" ] || rm -rf "$work"
    if [ -n "$first_made" ]; then
        folder=$output
        while rmdir "$folder" 2>/dev/null && [ "$folder" != "$first_made" ]; do
            folder=$(dirname "$folder")
        done
    fi
    exit "$status"
}

output=${here%/*/*}/artifacts/native
wanted=
while [ $# -gt 0 ]; do
    case $1 in
        -h | --help)
            usage
            exit 0
            ;;
        --all) wanted="$wanted $rids" ;;
        --output)
            [ -n "${2:-}" ] || bad_usage '--output needs a directory'
            output=$2
            shift
            ;;
        --output=?*) output=${1#--output=} ;;
        -*) bad_usage "unknown option $1" ;;
        *)
            case " $rids " in
                *" $1 "*) wanted="$wanted $1" ;;
                *) bad_usage "unknown RID $1; there are: $rids" ;;
            esac
            ;;
    esac
    shift
done
case $output in
    /*) ;;
    *) output=$PWD/$output ;;
esac
machine=$(machine_rid) || machine=
[ -n "$wanted" ] || wanted=$machine
[ -n "$wanted" ] || fail "s2n comes for Linux on x64 and arm64, not for $(uname -s) on $(uname -m); name a RID to build for another machine."

package=$(pinned package)
version=$(pinned version)
integrity=$(pinned integrity)
stamp=$(current_stamp)

missing=
for rid in $wanted; do
    case " $missing " in
        *" $rid "*) continue ;; # named twice
    esac
    if up_to_date "$rid"; then
        freshen "$rid"
        say "$rid: up to date ($package $version)"
    else
        missing="$missing $rid"
    fi
done
[ -n "$missing" ] || exit 0

# Complain about the machine before anything is fetched or written.
[ -s "$output/.cache/$package-$version.tgz" ] || need_npm
have node || fail 'node, which npm runs on, is needed and not in PATH.' 'Debian: apt-get install npm'
have tar || fail 'tar is needed.' 'Debian: apt-get install tar'
for rid in $missing; do choose_compiler "$rid"; done

trap clean_up EXIT
catch_signals

folder=$output
while [ ! -d "$folder" ]; do
    first_made=$folder
    folder=$(dirname "$folder")
done
mkdir -p "$output"
# What a run that was killed outright left behind.
find "$output" -maxdepth 1 -name '.work.*' -mmin +60 -exec rm -rf {} +
# In the output's own file system, so that a rename puts the results into place.
work=$(mktemp -d "$output/.work.XXXXXX")

fetch
for rid in $missing; do
    build "$rid"
    publish "$rid"
    say "$rid: $output/$rid/libs2n.so ($package $version)"
done
