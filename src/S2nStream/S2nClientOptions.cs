namespace S2nTls;

/// <summary>What a client configures. By default it verifies the server's chain against the system's roots, and its host name.</summary>
public sealed class S2nClientOptions : S2nContextOptions
{
    /// <summary>The certificate that is sent when the server asks for one. Null, the default: none.</summary>
    public S2nCertificate? Certificate { get; set; }

    /// <summary>Where sessions are kept between connections. Null, the default: in the context's memory, a few for each host.</summary>
    public S2nSessionCache? SessionCache { get; set; }

    /// <summary>Whether connections may choose a certificate when the server has asked for one.</summary>
    internal bool SelectsCertificateLater { get; set; }
}
