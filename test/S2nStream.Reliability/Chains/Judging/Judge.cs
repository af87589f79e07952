using S2nTls.Interop;

namespace S2nTls.Reliability.Chains.Judging;

/// <summary>Those who judge.</summary>
internal enum Judge
{
    /// <summary>An S2nStream with s2n's own verification.</summary>
    S2n,

    /// <summary>An S2nStream that has .NET judge.</summary>
    Net,
    SslStream,

    /// <summary><c>openssl verify -x509_strict</c>.</summary>
    OpenSsl,

    /// <summary><c>certtool --verify</c>.</summary>
    GnuTls,

    /// <summary>The sentence of the RFC that decides; of named cases only.</summary>
    Standard,
}
