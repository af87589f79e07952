#!/usr/bin/env bash
# Native AOT: publishes examples ahead of time, for this machine, and has them talk to each other and to curl; and an application all of
# whose endpoints are the configuration's. Trimming that would break something is a warning, and warnings are errors. Nothing outside of a
# temporary directory is touched, but for what builds leave.
#
#   apt-get install -y clang zlib1g-dev curl openssl
#   build/aot.sh
set -euo pipefail
repository="$(cd "$(dirname "$0")/.." && pwd)"
for tool in clang curl openssl; do
    command -v "$tool" >/dev/null || { echo "build/aot.sh needs $tool: apt-get install -y clang zlib1g-dev curl openssl" >&2; exit 1; }
done
case "$(uname -m)" in
    x86_64) rid=linux-x64 ;;
    aarch64) rid=linux-arm64 ;;
    *) echo "Native AOT is not tried on $(uname -m)." >&2; exit 1 ;;
esac

work="$(mktemp -d)"
server=""
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

for example in Quickstart WebServer HttpClient; do
    dotnet publish "$repository/examples/$example" -c Release -r "$rid" -p:PublishAot=true -o "$work/$example" --nologo -v quiet
    [ ! -e "$work/$example/$example.dll" ] || { echo "$example: it is not native." >&2; exit 1; }
done

mkdir "$work/application"
cat >"$work/application/application.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <PublishAot>true</PublishAot>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
  </PropertyGroup>
  <ItemGroup>
    <ProjectReference Include="$repository/src/S2nStream.AspNetCore/S2nStream.AspNetCore.csproj" />
    <ProjectReference Include="$repository/src/S2nStream.Native/S2nStream.Native.csproj" />
  </ItemGroup>
</Project>
PROJECT
cat >"$work/application/Program.cs" <<'PROGRAM'
using S2nTls.AspNetCore;
var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigurationLoader!.Endpoint("Own", endpoint => Console.WriteLine($"Asked about {endpoint.ConfigSection.Key}")));
builder.WebHost.UseS2n();
var application = builder.Build();
application.Run(context => context.Response.WriteAsync($"{context.Request.Protocol} {context.Features.Get<IS2nConnectionFeature>()?.KeyExchangeGroup}"));
application.Run();
PROGRAM
dotnet publish "$work/application" -c Release -r "$rid" -o "$work/Application" --nologo -v quiet
[ ! -e "$work/Application/application.dll" ] || { echo "The application is not native." >&2; exit 1; }

has() { # has FILE TEXT
    grep -qF -- "$2" "$1" || { echo "This does not have '$2':" >&2; cat "$1" >&2; exit 1; }
}

cd "$work"
Quickstart/Quickstart >quickstart
has quickstart 'Every line came back as expected.'

serve() { # serve PROGRAM ARGUMENT... : sets $server and $port
    "$@" >server 2>&1 &
    server=$!
    for _ in $(seq 300); do
        if grep -q 'istening on' server || ! kill -0 "$server" 2>/dev/null; then break; fi
        sleep 0.1
    done
    has server 'https://127.0.0.1:'
    port="$(sed -n 's|.*istening on:\? https://127.0.0.1:\([0-9]*\).*|\1|p' server)"
}

stop() {
    kill "$server"
    for _ in $(seq 100); do kill -0 "$server" 2>/dev/null || break; sleep 0.1; done
    ! kill -0 "$server" 2>/dev/null || { echo 'The server does not stop.' >&2; exit 1; }
    server=""
}

serve WebServer/WebServer --port 0 --write-ca ca.pem --policy default_pq

HttpClient/HttpClient "https://localhost:$port/" --ca ca.pem --policy default_pq --count 2 --new-connections >body 2>agreed
has body '</html>'
has agreed 'X25519MLKEM768, ALPN h2'
has agreed 'new session'
has agreed 'resumed'
HttpClient/HttpClient "https://localhost:$port/" --ca ca.pem --http 1.1 >body 2>agreed
has agreed 'ALPN http/1.1'
if HttpClient/HttpClient "https://localhost:$port/" >body 2>agreed; then
    echo 'A certificate that nobody trusts was accepted.' >&2
    exit 1
fi
has agreed 'S2N_ERR_CERT_UNTRUSTED'
curl -sS --fail --http1.1 --cacert ca.pem "https://localhost:$port/" >body
has body '</html>'
stop

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out own.pem -days 2 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
serve Application/application --Kestrel:Endpoints:Own:Url=https://127.0.0.1:0 --Kestrel:Endpoints:Own:S2n:SecurityPolicy=default_pq \
    --Kestrel:Endpoints:Own:Certificate:Path=own.pem --Kestrel:Endpoints:Own:Certificate:KeyPath=key.pem
has server 'Asked about Own'
HttpClient/HttpClient "https://localhost:$port/" --ca own.pem --policy default_pq >body 2>agreed
has body 'HTTP/2 X25519MLKEM768'
stop
echo "Native AOT: Quickstart, WebServer, HttpClient and an application of the configuration's endpoints work ($(stat -c %s Quickstart/Quickstart WebServer/WebServer HttpClient/HttpClient Application/application | numfmt --to=iec | paste -sd' ') with the .NET runtime, without libs2n)."
