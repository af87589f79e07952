using System.Net.Security;
using BenchmarkDotNet.Attributes;
using S2nTls.Benchmarks.Streams;

namespace S2nTls.Benchmarks.Pieces;

/// <summary>Making what connections share. It is done once a program, so this only says what "expensive" means.</summary>
[MemoryDiagnoser]
public class ContextCreation
{
    private readonly TlsSetup _setup = new(Credentials.P256());
    private readonly S2nClientOptions _systemRoots = new();

    [Benchmark]
    public void ClientWithOneRoot() => Contexts.Client(_setup).Dispose();

    [Benchmark]
    public void ClientWithSystemRoots() => S2nContext.CreateClient(_systemRoots).Dispose();

    [Benchmark]
    public void Server() => Contexts.Server(_setup).Dispose();

    [Benchmark]
    public SslStreamCertificateContext ServerOfSslStream() =>
        SslStreamCertificateContext.Create(_setup.Credentials.Server, additionalCertificates: null, offline: true);
}
