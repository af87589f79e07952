using System.Security.Authentication;

namespace S2nTls.Tests.Peers;

/// <summary>The peer is <c>openssl s_server</c>.</summary>
[Needs("openssl")]
public class OpenSslServerTests : TransferTests
{
    private protected override async Task<ForeignPeer> ConnectAsync(SslProtocols protocol) => await OpenSsl.ServerAsync(protocol);
}
