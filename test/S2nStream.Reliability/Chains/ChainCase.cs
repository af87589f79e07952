using S2nTls.Reliability.Chains.Judging;
using S2nTls.Reliability.Chains.Making;

namespace S2nTls.Reliability.Chains;

/// <summary>A chain, and who is asked how.</summary>
/// <param name="Name">Its name, or the seed that makes it again.</param>
internal sealed record ChainCase(string Name, ChainDraft Chain, S2nWay S2nWay, NetWay NetWay, bool AsksGnuTls)
{
    /// <summary>How it is asked goes with the seed, too.</summary>
    internal static ChainCase Generate(int seed, int gnuTlsEvery) => new(
        $"seed {seed}",
        Cases.ChainGenerator.Make(seed),
        (S2nWay)((uint)seed % 3),
        (NetWay)((uint)seed / 3 % 3),
        gnuTlsEvery > 0 && (uint)seed % gnuTlsEvery == 0);
}
