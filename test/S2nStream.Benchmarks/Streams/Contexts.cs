namespace S2nTls.Benchmarks.Streams;

/// <summary>The contexts of the contenders that are made of s2n.</summary>
internal static class Contexts
{
    internal static S2nContext Client(TlsSetup setup) => S2nContext.CreateClient(new S2nClientOptions
    {
        SecurityPolicy = setup.Policy,
        TrustedRoots = [setup.Credentials.Root],
        AllowTlsResume = setup.Resumes,
    });

    internal static S2nContext Server(TlsSetup setup)
    {
        using S2nCertificate certificate = S2nCertificate.FromX509(setup.Credentials.Server);
        return S2nContext.CreateServer(new S2nServerOptions
        {
            SecurityPolicy = setup.Policy,
            Certificates = { certificate },
            AllowTlsResume = setup.Resumes,
        });
    }
}
