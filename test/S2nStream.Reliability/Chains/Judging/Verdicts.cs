namespace S2nTls.Reliability.Chains.Judging;

/// <summary>All verdicts on one chain.</summary>
/// <param name="ByS2n">An S2nStream's, by s2n.</param>
/// <param name="ByNet">An S2nStream's, by .NET.</param>
/// <param name="BySslStream">SslStream's.</param>
/// <param name="ByOpenSsl">openssl verify's; null where it was not asked.</param>
/// <param name="ByGnuTls">certtool's; null where it was not asked.</param>
/// <param name="Ways">By which options the first two were asked.</param>
internal sealed record Verdicts(Verdict ByS2n, Verdict ByNet, Verdict BySslStream, Verdict? ByOpenSsl, Verdict? ByGnuTls, string Ways)
{
    /// <summary>What the standard says; null where nobody has looked it up, or it leaves verifiers free.</summary>
    internal Verdict? ByStandard { get; init; }

    internal Verdict? Of(Judge judge) => judge switch
    {
        Judge.S2n => ByS2n,
        Judge.Net => ByNet,
        Judge.SslStream => BySslStream,
        Judge.OpenSsl => ByOpenSsl,
        Judge.GnuTls => ByGnuTls,
        _ => ByStandard,
    };

    internal string Describe() => string.Join('\n',
    [
        $"  s2n's way:  {ByS2n}   ({Ways})",
        $"  .NET's way: {ByNet}",
        $"  SslStream:  {BySslStream}",
        $"  OpenSSL:    {ByOpenSsl?.ToString() ?? "not asked"}",
        $"  GnuTLS:     {ByGnuTls?.ToString() ?? "not asked"}",
        .. ByStandard is { } standard ? [$"  the RFC:    {standard}"] : Array.Empty<string>(),
    ]);
}
