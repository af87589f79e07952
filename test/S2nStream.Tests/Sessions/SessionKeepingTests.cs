using System.Security.Authentication;

namespace S2nTls.Tests.Sessions;

/// <summary>The cache in memory, and sessions that are written down.</summary>
public class SessionKeepingTests
{
    [Fact]
    public void A_session_is_taken_once()
    {
        var cache = new S2nMemorySessionCache();
        S2nSession session = Make("host");
        cache.Add(session);
        Assert.Same(session, cache.Take("HOST"));
        Assert.Null(cache.Take("host"));
    }

    [Fact]
    public void A_host_has_a_few_sessions_and_the_oldest_makes_room()
    {
        var cache = new S2nMemorySessionCache(sessionsPerHost: 2);
        S2nSession[] sessions = [Make("host"), Make("host"), Make("host")];
        Array.ForEach(sessions, cache.Add);
        Assert.Same(sessions[1], cache.Take("host"));
        Assert.Same(sessions[2], cache.Take("host"));
        Assert.Null(cache.Take("host"));
    }

    [Fact]
    public void The_host_that_was_not_used_for_the_longest_makes_room()
    {
        var cache = new S2nMemorySessionCache(maxHosts: 2);
        cache.Add(Make("a"));
        cache.Add(Make("b"));
        cache.Add(Make("a"));
        cache.Add(Make("c"));
        Assert.Null(cache.Take("b"));
        Assert.NotNull(cache.Take("a"));
        Assert.NotNull(cache.Take("c"));
    }

    [Fact]
    public void An_expired_session_is_not_given()
    {
        var cache = new S2nMemorySessionCache();
        cache.Add(Make("host", expiresAt: DateTimeOffset.UtcNow.AddSeconds(-1)));
        Assert.Null(cache.Take("host"));
    }

    [Fact]
    public void A_session_that_was_written_down_is_read_again()
    {
        S2nSession session = Make("host");
        S2nSession read = S2nSession.Deserialize(session.Serialize());
        Assert.Equal(session.TargetHost, read.TargetHost);
        Assert.Equal(session.Protocol, read.Protocol);
        Assert.Equal(session.State, read.State);
        Assert.Equal(session.PeerCertificates, read.PeerCertificates);
        Assert.Equal(session.Origin, read.Origin);
    }

    [Fact]
    public void What_is_no_session_is_refused()
    {
        byte[] written = Make("host").Serialize();
        Assert.Throws<FormatException>(() => S2nSession.Deserialize([]));
        Assert.Throws<FormatException>(() => S2nSession.Deserialize([2, .. written[1..]]));
        for (int length = 1; length < written.Length; length++)
        {
            Assert.Throws<FormatException>(() => S2nSession.Deserialize(written.AsSpan(0, length)));
        }
    }

    private static S2nSession Make(string host, DateTimeOffset? expiresAt = null) =>
        new(host, SslProtocols.Tls13, expiresAt ?? DateTimeOffset.UtcNow.AddHours(1), [1, 2, 3], [[4, 5], [6]], "origin");
}
