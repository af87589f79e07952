using System.Security.Authentication;
using S2nTls.Reliability.Chains.Cases;
using S2nTls.Reliability.Chains.Judging;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains;

/// <summary>A chain, and who is asked how.</summary>
/// <param name="Name">Its name, or the seed that makes it again.</param>
/// <param name="Chain">The chain.</param>
/// <param name="S2nWay">By which options s2n is asked.</param>
/// <param name="NetWay">By which options .NET is asked.</param>
/// <param name="AsksGnuTls">Whether certtool is asked too.</param>
internal sealed record ChainCase(string Name, ChainDraft Chain, S2nWay S2nWay, NetWay NetWay, bool AsksGnuTls)
{
    /// <summary>What the standard says.</summary>
    internal Verdict? Standard { get; private init; }

    /// <summary>How it is asked goes with the seed, too.</summary>
    internal static ChainCase Generate(int seed, int gnuTlsEvery) => new(
        $"seed {seed}",
        ChainGenerator.Make(seed),
        (S2nWay)((uint)seed % 3),
        (NetWay)((uint)seed / 3 % 3),
        gnuTlsEvery > 0 && (uint)seed % gnuTlsEvery == 0);

    /// <summary>A named case, over a version of the protocol and by pair of ways. What is about hosts is a server's only.</summary>
    internal static ChainCase Of(NamedCase named, SslProtocols protocol, int ways, bool isClients = false)
    {
        ChainDraft chain = named.Make(seed: ways, isClients);
        chain.Protocol = protocol;
        return new ChainCase($"{named.Name}{(isClients ? " (a client's)" : "")}", chain, (S2nWay)(ways % 3), (NetWay)((ways + 1) % 3), AsksGnuTls: true)
        {
            Standard = named.Expected switch
            {
                Expected.Accepted => Verdict.Accepted,
                Expected.Refused => new Verdict(false, named.Decides),
                _ => null,
            },
        };
    }

    /// <summary>Every named case once as a server's chain, and as a client's where it can be; the ways and the protocol change from case to case.</summary>
    internal static IEnumerable<ChainCase> EachNamed() => NamedCases.All.Values.SelectMany((named, number) => new[]
    {
        Of(named, number % 4 == 0 ? SslProtocols.Tls12 : SslProtocols.Tls13, number),
        named.IsForClientsToo ? Of(named, number % 4 == 1 ? SslProtocols.Tls12 : SslProtocols.Tls13, number + 1, isClients: true) : null,
    }).OfType<ChainCase>();

    /// <summary>Every named case: of a server's chain on all pairs of ways and both protocols, and of a client's.</summary>
    internal static IEnumerable<ChainCase> AllNamed() =>
        from named in NamedCases.All.Values
        from protocol in new[] { SslProtocols.Tls13, SslProtocols.Tls12 }
        from ways in Enumerable.Range(0, 3)
        from isClients in named.IsForClientsToo ? new[] { false, true } : [false]
        where protocol == SslProtocols.Tls13 || ways == 0
        select Of(named, protocol, ways, isClients);
}
