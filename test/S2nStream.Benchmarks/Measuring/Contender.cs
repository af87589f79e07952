namespace S2nTls.Benchmarks.Measuring;

/// <summary>What is compared.</summary>
internal enum Contender
{
    S2nStream,

    SslStream,

    /// <summary>The same work with the inner stream alone, which is a <see cref="System.Net.Sockets.NetworkStream"/>: what no TLS can beat.</summary>
    NoTls,

    /// <summary>s2n called in a loop, its ciphertext in plain memory, with no stream and no engine: what no stream over s2n can beat.</summary>
    BareS2n,
}

internal static class ContenderNames
{
    internal static string Title(this Contender contender) => contender switch
    {
        Contender.NoTls => "no TLS",
        Contender.BareS2n => "bare s2n",
        _ => contender.ToString(),
    };
}
