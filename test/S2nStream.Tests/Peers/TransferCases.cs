using System.Security.Authentication;

namespace S2nTls.Tests.Peers;

/// <summary>What every peer must carry: nothing at all, one byte, and the sizes around a full record.</summary>
public static class TransferCases
{
    public static TheoryData<SslProtocols> Protocols { get; } = [SslProtocols.Tls12, SslProtocols.Tls13];

    public static TheoryData<SslProtocols, int> Sizes { get; } = MakeSizes();

    private static TheoryData<SslProtocols, int> MakeSizes()
    {
        var cases = new TheoryData<SslProtocols, int>();
        foreach (SslProtocols protocol in new[] { SslProtocols.Tls12, SslProtocols.Tls13 })
        {
            foreach (int size in new[] { 0, 1, 16383, 16384, 16385 })
            {
                cases.Add(protocol, size);
            }
        }

        return cases;
    }
}
