#!/usr/bin/env bash
# Runs the tests on .NET 11, to which programs for .NET 10 roll forward: build/dotnet11.sh [arguments of dotnet test]
# The SDK stays .NET 10's. The runtimes come from NuGet, into artifacts/dotnet11, which has a copy of the SDK.
set -euo pipefail
cd "$(dirname "$0")/.."

version=11.0.0
home=$PWD/artifacts/dotnet11
sdk=$(dirname "$(readlink -f "$(command -v dotnet)")")
libc=$(ldd --version 2>&1 | grep -q musl && echo -musl || true)
rid=linux$libc-$(case $(uname -m) in aarch64) echo arm64 ;; *) echo x64 ;; esac)

if [ ! -e "$home/complete" ]; then
    echo "Assembling .NET $version for $rid in artifacts/dotnet11"
    rm -rf "$home"
    mkdir -p "$home/get"
    cat > "$home/get/get.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally>
  </PropertyGroup>
  <ItemGroup>
    <PackageDownload Include="Microsoft.NETCore.App.Runtime.$rid" Version="[$version]" />
    <PackageDownload Include="Microsoft.AspNetCore.App.Runtime.$rid" Version="[$version]" />
  </ItemGroup>
</Project>
PROJECT
    # So that nothing of the repository's applies to it.
    echo '<Project />' | tee "$home/get/Directory.Build.props" "$home/get/Directory.Build.targets" "$home/get/Directory.Packages.props" > /dev/null
    dotnet restore "$home/get/get.csproj" --packages "$home/packages" -v quiet

    cp -r "$sdk/." "$home/root"
    core=$home/packages/microsoft.netcore.app.runtime.$rid/$version/runtimes/$rid
    web=$home/packages/microsoft.aspnetcore.app.runtime.$rid/$version/runtimes/$rid
    mkdir -p "$home/root/host/fxr/$version" "$home/root/shared/Microsoft.NETCore.App/$version" "$home/root/shared/Microsoft.AspNetCore.App/$version"
    cp "$core/native/libhostfxr.so" "$home/root/host/fxr/$version/"
    cp "$core"/lib/net11.0/* "$core"/native/* "$home/root/shared/Microsoft.NETCore.App/$version/"
    cp "$web"/lib/net11.0/* "$home/root/shared/Microsoft.AspNetCore.App/$version/"
    rm -rf "$home/packages" "$home/get"
    touch "$home/complete"
fi

# In the test host's environment only: the SDK itself must not roll forward.
cat > "$home/net11.runsettings" <<SETTINGS
<RunSettings>
  <RunConfiguration>
    <EnvironmentVariables>
      <DOTNET_ROLL_FORWARD>LatestMajor</DOTNET_ROLL_FORWARD>
      <DOTNET_ROOT>$home/root</DOTNET_ROOT>
    </EnvironmentVariables>
  </RunConfiguration>
</RunSettings>
SETTINGS
export DOTNET_ROOT=$home/root DOTNET_MULTILEVEL_LOOKUP=0
exec "$home/root/dotnet" test --settings "$home/net11.runsettings" "$@"
