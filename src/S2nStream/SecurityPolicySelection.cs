using System.Net.Security;
using System.Security.Authentication;

namespace S2nTls;

internal static class SecurityPolicySelection
{
    public static S2nSecurityPolicy For(SslProtocols protocols, CipherSuitesPolicy? cipherSuites) => S2nSecurityPolicy.DefaultTls13;
}
