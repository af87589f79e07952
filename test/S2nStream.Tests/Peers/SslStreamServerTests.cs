using System.Security.Authentication;

namespace S2nTls.Tests.Peers;

/// <summary>The peer is <see cref="System.Net.Security.SslStream"/> as server.</summary>
public class SslStreamServerTests : TransferTests
{
    private protected override async Task<ForeignPeer> ConnectAsync(SslProtocols protocol) => await SslStreamPeer.ServerAsync(protocol);
}
