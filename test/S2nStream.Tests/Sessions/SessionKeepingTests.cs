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
        Assert.Same(session, cache.Take(At("HOST")));
        Assert.Null(cache.Take(At("host")));
    }

    [Fact]
    public void A_server_has_a_few_sessions_the_oldest_makes_room_and_the_newest_is_taken_first()
    {
        var cache = new S2nMemorySessionCache(sessionsPerServer: 2);
        S2nSession[] sessions = [Make("host"), Make("host"), Make("host")];
        Array.ForEach(sessions, cache.Add);
        Assert.Same(sessions[2], cache.Take(At("host")));
        Assert.Same(sessions[1], cache.Take(At("host")));
        Assert.Null(cache.Take(At("host")));
    }

    [Fact]
    public void The_server_that_was_not_used_for_the_longest_makes_room()
    {
        var cache = new S2nMemorySessionCache(maxServers: 2);
        cache.Add(Make("a"));
        cache.Add(Make("b"));
        cache.Add(Make("a"));
        cache.Add(Make("c"));
        Assert.Null(cache.Take(At("b")));
        Assert.NotNull(cache.Take(At("a")));
        Assert.NotNull(cache.Take(At("c")));
    }

    [Fact]
    public void Ports_are_servers_of_their_own()
    {
        var cache = new S2nMemorySessionCache();
        cache.Add(Make("host"));
        Assert.Null(cache.Take(At("host", 8443)));
        Assert.NotNull(cache.Take(At("HOST")));
    }

    [Fact]
    public async Task What_is_removed_is_one_servers_sessions()
    {
        var cache = new S2nMemorySessionCache(maxServers: 2);
        cache.Add(Make("a"));
        cache.Add(Make("a"));
        cache.Add(Make("b"));
        await cache.RemoveAsync(At("A"));
        await cache.RemoveAsync(At("unknown"));
        Assert.Null(cache.Take(At("a")));
        cache.Add(Make("c")); // there is room
        Assert.NotNull(cache.Take(At("b")));
    }

    [Fact]
    public void An_expired_session_is_not_given()
    {
        var cache = new S2nMemorySessionCache();
        cache.Add(Make("host", expiresAt: DateTimeOffset.UtcNow.AddSeconds(-1)));
        Assert.Null(cache.Take(At("host")));
    }

    [Fact]
    public void A_session_that_was_written_down_is_read_again()
    {
        S2nSession session = Make("host");
        S2nSession read = S2nSession.Deserialize(session.Serialize());
        Assert.Equal(session.Origin, read.Origin);
        Assert.Equal(session.Protocol, read.Protocol);
        Assert.Equal(session.State, read.State);
        Assert.Equal(session.PeerCertificates, read.PeerCertificates);
        Assert.Equal(session.Terms, read.Terms);
    }

    [Fact]
    public void What_is_no_session_is_refused()
    {
        byte[] written = Make("host").Serialize();
        Assert.Throws<FormatException>(() => S2nSession.Deserialize([]));
        Assert.Throws<FormatException>(() => S2nSession.Deserialize([1, .. written[1..]]));
        for (int length = 1; length < written.Length; length++)
        {
            Assert.Throws<FormatException>(() => S2nSession.Deserialize(written.AsSpan(0, length)));
        }
    }

    private static S2nSession Make(string host, DateTimeOffset? expiresAt = null) =>
        new(At(host), SslProtocols.Tls13, expiresAt ?? DateTimeOffset.UtcNow.AddHours(1), [1, 2, 3], [[4, 5], [6]], "terms");

    private static S2nSessionOrigin At(string host, int port = 443) => new(host, port);
}
