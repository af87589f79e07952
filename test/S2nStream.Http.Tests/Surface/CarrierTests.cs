using System.Net.Security;
using System.Reflection;
using System.Security.Authentication;
using S2nTls.Http.Carrier;
using S2nTls.Http.Connections;

namespace S2nTls.Http.Tests.Surface;

/// <summary>What a stream travels in does itself nothing.</summary>
public class CarrierTests
{
    /// <summary>What SslStream offers to be authenticated with: nobody does, and a carrier's connection is authenticated.</summary>
    private static readonly string[] s_notOverridden = ["AuthenticateAs", "BeginAuthenticateAs", "EndAuthenticateAs"];

    /// <summary>The same for every stream that cannot seek; and figures that are obsolete and that nobody asks for.</summary>
    private static readonly string[] s_needNoOverride =
    [
        "get_IsServer", "get_CanSeek", "get_Length", "get_Position", "set_Position", "Seek", "SetLength", "Finalize",
        "get_CipherAlgorithm", "get_CipherStrength", "get_HashAlgorithm", "get_HashStrength", "get_KeyExchangeAlgorithm", "get_KeyExchangeStrength",
    ];

    [Fact]
    public void All_that_SslStream_does_with_data_is_the_carried_streams()
    {
        IEnumerable<MethodInfo> theirs = typeof(SslStream)
            .GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(method => method is { IsVirtual: true, IsFinal: false } && (method.IsPublic || method.IsFamily))
            .Where(method => !s_notOverridden.Any(prefix => method.Name.StartsWith(prefix, StringComparison.Ordinal)) && !s_needNoOverride.Contains(method.Name));
        string[] left = [.. theirs.Where(method => Ours(method)?.DeclaringType != typeof(CarrierStream)).Select(method => method.ToString()!)];
        Assert.Empty(left);
    }

    [Theory]
    [InlineData("h2", "h2")]
    [InlineData("http/1.1", "http/1.1")]
    [InlineData("", "http/1.1")]
    public async Task It_says_of_the_protocols_what_the_stream_says_and_is_a_way_to_its_data(string offered, string told)
    {
        using S2nContext server = TestContexts.MakeServer(options =>
        {
            options.ApplicationProtocols.Add(SslApplicationProtocol.Http2);
            options.ApplicationProtocols.Add(SslApplicationProtocol.Http11);
        });
        using S2nContext client = TestContexts.MakeClient(options =>
        {
            if (offered.Length > 0)
            {
                options.ApplicationProtocols.Add(new(offered));
            }
        });
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        CarrierStream carrier = await CarrierTemplate.CarryAsync(pair.Client);
        Assert.Equal(told, carrier.NegotiatedApplicationProtocol.ToString());
        Assert.Equal(SslProtocols.Tls13, carrier.SslProtocol);
        Assert.Same(pair.Client, carrier.Carried);
        await carrier.WriteAsync("there"u8.ToArray());
        byte[] buffer = new byte[5];
        await pair.Server.ReadExactlyAsync(buffer).WithDeadline();
        await pair.Server.WriteAsync(buffer);
        await carrier.ReadExactlyAsync(buffer).WithDeadline();
        Assert.Equal("there"u8, buffer);
        await carrier.DisposeAsync();
        Assert.False(pair.Client.IsAuthenticated);
    }

    [Fact]
    public async Task One_that_is_disposed_harms_no_other()
    {
        await using TlsPair one = await TlsPair.InMemoryAsync();
        await using TlsPair other = await TlsPair.InMemoryAsync();
        CarrierStream first = await CarrierTemplate.CarryAsync(one.Client);
        CarrierStream second = await CarrierTemplate.CarryAsync(other.Client);
        await first.DisposeAsync();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.True(second.IsAuthenticated);
        Assert.Equal(SslApplicationProtocol.Http11, second.NegotiatedApplicationProtocol);
    }

    private static MethodInfo? Ours(MethodInfo theirs) => typeof(CarrierStream).GetMethod(
        theirs.Name, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance, [.. theirs.GetParameters().Select(parameter => parameter.ParameterType)]);
}
