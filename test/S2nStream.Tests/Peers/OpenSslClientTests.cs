using System.Security.Authentication;

namespace S2nTls.Tests.Peers;

/// <summary>The peer is <c>openssl s_client</c>.</summary>
[Needs("openssl")]
public class OpenSslClientTests : TransferTests
{
    private protected override async Task<ForeignPeer> ConnectAsync(SslProtocols protocol) => await OpenSsl.ClientAsync(protocol);
}
