#!/usr/bin/env bash
# Tries the packages where they are to run: build/platforms.sh [--packages DIRECTORY] [PLATFORM...]
#
#   newcomer          new projects, one package each, as docs/getting-started.md has them; and with a libs2n of one's own
#   linux-x64         Quickstart as a program that needs the runtime, self-contained, as a single file, trimmed, and native
#   linux-arm64       under qemu: Quickstart, and a good part of the core's tests
#   linux-musl-x64    a C program that makes a handshake with the packaged libs2n.so: .NET's own musl runtime wants libraries that Debian does not have
#   linux-musl-arm64  the same, under qemu
#   debian-minimal    the packaged WebServer in the smallest Debian, with what .NET's documentation asks for
#
# Without names: all. Prints a table of what ran where. Packages are made if none are given. Needs root for apt (qemu-user-static, musl, clang, lld,
# debootstrap and arm64's libraries) and for chroot; projects are made in a temporary directory, and nothing else is touched.
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
here=$repository/build/platforms
all="newcomer linux-x64 linux-arm64 linux-musl-x64 linux-musl-arm64 debian-minimal"

packages=
wanted=
while [ $# -gt 0 ]; do
    case $1 in
        --packages) packages=$(realpath "${2:?}"); shift ;;
        -*) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 2 ;;
        *) case " $all " in *" $1 "*) wanted="$wanted $1" ;; *) echo "platforms.sh: no platform $1; there are: $all" >&2; exit 2 ;; esac ;;
    esac
    shift
done
wanted=${wanted:-$all}

work=$(mktemp -d)
server=
table=$work/table
failed=
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    umount "$work/debian/proc" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

install() { # install PACKAGE... : those that are missing
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    echo "Installing: ${missing[*]}"
    case " ${missing[*]} " in
        *:arm64*) dpkg --print-foreign-architectures | grep -qx arm64 || dpkg --add-architecture arm64 ;;
    esac
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

passes() { # passes WHERE WHAT TEXT COMMAND... : its output must have the text
    local where=$1 what=$2 text=$3 start=$SECONDS
    shift 3
    if timeout 900 "$@" >"$work/said" 2>&1 </dev/null && grep -qF -- "$text" "$work/said"; then
        printf '%s\t%s\tpassed\t%d s\n' "$where" "$what" $((SECONDS - start)) | tee -a "$table"
    else
        printf '%s\t%s\tFAILED\t%d s\n' "$where" "$what" $((SECONDS - start)) | tee -a "$table"
        sed 's/^/    /' "$work/said" | tail -40
        failed=1
    fi
}

# A version of their own, so that no cache has them already.
if [ -z "$packages" ]; then
    packages=$work/packages
    "$repository/build/pack.sh" --version "0.0.0-try$(date +%s)" --output "$packages"
fi
version=$(basename "$packages"/S2nStream.Native.*.nupkg .nupkg)
version=${version#S2nStream.Native.}

# What users have: a feed with the packages beside their usual ones, and nothing of the repository's.
cat >"$work/nuget.config" <<CONFIG
<configuration><packageSources><add key="tried" value="$packages" /></packageSources></configuration>
CONFIG
echo '<Project />' | tee "$work/Directory.Build.props" "$work/Directory.Build.targets" >"$work/Directory.Packages.props"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

quickstart() { # quickstart FOLDER : the example, as a project of its own with the package
    mkdir -p "$work/$1"
    cp "$repository"/examples/Quickstart/*.cs "$work/$1/"
    cat >"$work/$1/Quickstart.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
    <InvariantGlobalization>true</InvariantGlobalization>
  </PropertyGroup>
  <ItemGroup><PackageReference Include="S2nStream" Version="$version" /></ItemGroup>
  <ItemGroup><AssemblyAttribute Include="System.Runtime.Versioning.SupportedOSPlatformAttribute"><_Parameter1>linux</_Parameter1></AssemblyAttribute></ItemGroup>
</Project>
PROJECT
}
expected='Every line came back as expected.'

publish() { # publish FOLDER OPTION... : into FOLDER/out
    local folder=$1
    shift
    dotnet publish "$work/$folder" -c Release -o "$work/$folder/out" --nologo -v quiet "$@"
}

on_newcomer() {
    mkdir -p "$work/newcomer/console" "$work/newcomer/web"
    (
        cd "$work/newcomer/console"
        dotnet new console --name Newcomer --output . >/dev/null
        dotnet add package S2nStream --version "$version" >/dev/null
        cp "$repository/examples/FirstConversation/Program.cs" Program.cs
        dotnet build --nologo -v quiet -warnaserror -warnnotaserror:NU1603
    )
    passes newcomer 'dotnet add package S2nStream' 'Tls13' dotnet "$work/newcomer/console/bin/Debug/net10.0/Newcomer.dll"
    own=$(find "$work/newcomer/console/bin" -path '*linux-x64*' -name libs2n.so)
    mkdir "$work/newcomer/own"
    mv "$(dirname "$own")"/* "$work/newcomer/own/"
    sed -i 's|</ItemGroup>|<PackageReference Include="S2nStream.Native" Version="'"$version"'" ExcludeAssets="all" /></ItemGroup>|' "$work/newcomer/console/Newcomer.csproj"
    rm -rf "$work/newcomer/console/bin" "$work/newcomer/console/obj"
    dotnet build "$work/newcomer/console" --nologo -v quiet
    [ -z "$(find "$work/newcomer/console/bin" -name libs2n.so)" ] || { echo 'The native package was not excluded.' >&2; failed=1; }
    passes newcomer 'the same with S2N_LIBRARY_PATH, without S2nStream.Native' 'Tls13' env S2N_LIBRARY_PATH="$work/newcomer/own/libs2n.so" dotnet "$work/newcomer/console/bin/Debug/net10.0/Newcomer.dll"
    local example package
    for example in FirstWebServer FirstRequest; do # without a warning, as a project for any platform
        mkdir "$work/newcomer/$example"
        (
            cd "$work/newcomer/$example"
            [ $example = FirstWebServer ] && package=S2nStream.AspNetCore || package=S2nStream.Http
            dotnet new "$([ $example = FirstWebServer ] && echo web || echo console)" --name "$example" --output . >/dev/null
            dotnet add package $package --version "$version" >/dev/null
            cp "$repository/examples/$example/Program.cs" Program.cs
        )
        passes newcomer "$example, without a warning" 'Build succeeded' dotnet build "$work/newcomer/$example" --nologo -warnaserror -warnnotaserror:NU1603
    done
    passes newcomer 'dotnet add package S2nStream.AspNetCore, one line' 'served over s2n-tls with one line' "$repository/build/template.sh" --packages "$packages" web
    passes newcomer 'the same with S2N_LIBRARY_PATH, without S2nStream.Native' 'served over s2n-tls with one line' "$repository/build/template.sh" --packages "$packages" --library "$work/newcomer/own/libs2n.so" web
}

on_linux_x64() {
    quickstart x64
    publish x64 && passes linux-x64 'framework-dependent' "$expected" dotnet "$work/x64/out/Quickstart.dll"
    rm -rf "$work/x64/out" "$work/x64/obj" "$work/x64/bin"
    publish x64 -r linux-x64 --self-contained && passes linux-x64 'self-contained' "$expected" "$work/x64/out/Quickstart"
    rm -rf "$work/x64/out"
    publish x64 -r linux-x64 --self-contained -p:PublishSingleFile=true && passes linux-x64 'single file' "$expected" "$work/x64/out/Quickstart"
    rm -rf "$work/x64/out"
    publish x64 -r linux-x64 --self-contained -p:PublishSingleFile=true -p:IncludeNativeLibrariesForSelfExtract=true && passes linux-x64 'single file, with libs2n in it' "$expected" "$work/x64/out/Quickstart"
    rm -rf "$work/x64/out"
    publish x64 -r linux-x64 --self-contained -p:PublishTrimmed=true -warnaserror && passes linux-x64 'trimmed' "$expected" "$work/x64/out/Quickstart"
    rm -rf "$work/x64/out"
    install clang zlib1g-dev
    publish x64 -r linux-x64 -p:PublishAot=true -warnaserror && passes linux-x64 'native AOT' "$expected" "$work/x64/out/Quickstart"
}

on_linux_arm64() {
    install qemu-user-static libc6:arm64 libstdc++6:arm64 libgcc-s1:arm64 zlib1g:arm64 libssl3:arm64
    # As .NET can be emulated: no pages that are written and executed in turn, and no code that is made a second time.
    local emulated="env DOTNET_EnableWriteXorExecute=0 DOTNET_TieredCompilation=0 qemu-aarch64-static"
    quickstart arm64
    publish arm64 -r linux-arm64 --self-contained
    passes linux-arm64 'self-contained, under qemu' "$expected" $emulated "$work/arm64/out/Quickstart"
    dotnet publish "$here/CoreTests" -c Release -r linux-arm64 -o "$work/tests" -p:S2nTestsOnly=true --nologo -v quiet
    passes linux-arm64 "tests of engine, interop, policies and pre-shared keys, under qemu" ' 0 failed' $emulated "$work/tests/CoreTests" \
        S2nTls.Tests.Engine S2nTls.Tests.Interop.KernelTlsTests S2nTls.Tests.Interop.LeakTests S2nTls.Tests.Interop.NativeLibraryTests \
        S2nTls.Tests.Policies S2nTls.Tests.PreSharedKeys # not those that run other programs of .NET, which are this machine's
}

certificate() {
    [ -e "$work/key.pem" ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/key.pem" -out "$work/own.pem" -days 2 \
        -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
    [ -e "$work/native" ] || { mkdir "$work/native" && unzip -q "$packages/S2nStream.Native.$version.nupkg" -d "$work/native"; }
}

on_linux_musl_x64() {
    install musl musl-tools openssl unzip
    certificate
    musl-gcc -O1 -Wall -Werror -o "$work/handshake-x64" "$here/handshake.c"
    mkdir -p "$work/musl-x64" && ln -sf /lib/ld-musl-x86_64.so.1 "$work/musl-x64/libc.musl-x86_64.so.1" # the name that Alpine has for it
    passes linux-musl-x64 "a C program, musl's loader" 'TLS 1.3 with X25519MLKEM768, and a line of text' \
        env LD_LIBRARY_PATH="$work/musl-x64" "$work/handshake-x64" "$work/native/runtimes/linux-musl-x64/native/libs2n.so" "$work/own.pem" "$work/key.pem"
}

on_linux_musl_arm64() {
    install qemu-user-static musl:arm64 musl-dev:arm64 clang lld openssl unzip
    certificate
    local musl=/usr/lib/aarch64-linux-musl
    clang --target=aarch64-linux-musl -O1 -fuse-ld=lld -nostdinc -isystem /usr/include/aarch64-linux-musl -nostdlib -L$musl -o "$work/handshake-arm64" \
        $musl/crt1.o $musl/crti.o "$here/handshake.c" -lc $musl/crtn.o -Wl,-dynamic-linker,/lib/ld-musl-aarch64.so.1
    mkdir -p "$work/musl-arm64" && ln -sf /lib/ld-musl-aarch64.so.1 "$work/musl-arm64/libc.musl-aarch64.so.1"
    passes linux-musl-arm64 "a C program, musl's loader, under qemu" 'TLS 1.3 with X25519MLKEM768, and a line of text' \
        qemu-aarch64-static -E LD_LIBRARY_PATH="$work/musl-arm64" "$work/handshake-arm64" "$work/native/runtimes/linux-musl-arm64/native/libs2n.so" "$work/own.pem" "$work/key.pem"
}

on_debian_minimal() {
    install debootstrap curl
    # From where apt has its own packages, whatever machine that is.
    local mirror suite
    suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $suite" 2>/dev/null | head -1)
    debootstrap --variant=minbase --include=ca-certificates,libc6,libgcc-s1,libicu72,libssl3,libstdc++6,tzdata,zlib1g "$suite" "$work/debian" "$mirror" >"$work/said" 2>&1 ||
        { tail -20 "$work/said"; printf 'debian-minimal\tdebootstrap\tFAILED\t\n' | tee -a "$table"; failed=1; return; }
    mkdir -p "$work/web"
    cp "$repository"/examples/WebServer/*.cs "$repository"/examples/Quickstart/SelfMadeAuthority.cs "$work/web/"
    cp -r "$repository/examples/Shared" "$work/web/Shared"
    cat >"$work/web/WebServer.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <AssemblyAttribute Include="System.Runtime.Versioning.SupportedOSPlatformAttribute"><_Parameter1>linux</_Parameter1></AssemblyAttribute>
    <PackageReference Include="S2nStream.AspNetCore" Version="$version" />
    <PackageReference Include="System.CommandLine" Version="$(sed -n 's|.*"System.CommandLine" Version="\([^"]*\)".*|\1|p' "$repository/Directory.Packages.props")" />
  </ItemGroup>
</Project>
PROJECT
    publish web -r linux-x64 --self-contained
    cp -r "$work/web/out" "$work/debian/srv/web"
    mount -t proc proc "$work/debian/proc" 2>/dev/null || true
    chroot "$work/debian" /srv/web/WebServer --port 0 --write-ca /srv/ca.pem >"$work/serving" 2>&1 &
    server=$!
    for _ in $(seq 300); do
        if grep -q 'istening on' "$work/serving" || ! kill -0 "$server" 2>/dev/null; then break; fi
        sleep 0.1
    done
    local port
    port=$(sed -n 's|.*istening on:\? https://127.0.0.1:\([0-9]*\).*|\1|p' "$work/serving")
    passes debian-minimal 'the packaged WebServer, self-contained, asked by curl' '</html>' curl -sS --fail --cacert "$work/debian/srv/ca.pem" "https://localhost:$port/"
    grep -q libs2n.so "/proc/$server/maps" || { echo 's2n-tls is not loaded.' >&2; cat "$work/serving"; failed=1; }
    kill "$server"
    wait "$server" || true
    server=
}

for platform in $wanted; do
    "on_${platform//-/_}"
done
echo
column -t -s $'\t' "$table"
[ -z "$failed" ]
