using System.Security.Cryptography;
using System.Text;
using S2nTls.Sessions;

namespace S2nTls.Tests.Sessions;

/// <summary>Which key is known when; and that servers which share a secret share sessions.</summary>
public class TicketKeyRingTests
{
    private static readonly byte[] s_secret = RandomNumberGenerator.GetBytes(32);

    [Fact]
    public void A_key_that_is_disposed_is_wiped_and_serves_no_ring()
    {
        var key = new S2nTicketKey("a key"u8, s_secret);
        byte[] secret = key.Secret;
        Assert.Equal(s_secret, secret);
        key.Dispose();
        key.Dispose();
        Assert.All(secret, value => Assert.Equal(0, value));
        Assert.Contains("disposed", Assert.Throws<InvalidOperationException>(key.TakeSecret).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_a_ring_has_is_the_rings_to_wipe()
    {
        var key = new S2nTicketKey("a key"u8, s_secret);
        byte[] secret = key.TakeSecret();
        key.Dispose();
        Assert.Equal(s_secret, secret);
    }

    [Fact]
    public void A_shared_secret_that_is_disposed_gives_no_keys()
    {
        var keys = new S2nSharedSecretTicketKeys(s_secret);
        Assert.NotNull(keys.GetKey(7));
        keys.Dispose();
        keys.Dispose();
        Assert.Throws<ObjectDisposedException>(() => keys.GetKey(7));
    }

    [Fact]
    public void A_key_is_good_for_two_rotations_and_the_acceptance()
    {
        var ring = new S2nTicketKeyRing(new S2nSharedSecretTicketKeys(s_secret), TimeSpan.FromHours(1), TimeSpan.FromHours(10));
        Assert.Equal(TimeSpan.FromHours(12), ring.Lifetime);
        Assert.Equal(988, ring.FirstPeriodAt(1000));
        Assert.Equal(3_600_000, ring.IntroductionOf(1000));
    }

    [Fact]
    public void A_shared_secret_gives_the_same_keys_everywhere_and_others_in_every_period()
    {
        S2nTicketKey here = new S2nSharedSecretTicketKeys(s_secret).GetKey(7)!, there = new S2nSharedSecretTicketKeys(s_secret).GetKey(7)!;
        Assert.Equal(here.Name, there.Name);
        Assert.Equal(here.Secret, there.Secret);
        S2nTicketKey later = new S2nSharedSecretTicketKeys(s_secret).GetKey(8)!;
        Assert.NotEqual(here.Name, later.Name);
        Assert.NotEqual(here.Secret, later.Secret);
        Assert.NotEqual(here.Secret, new S2nSharedSecretTicketKeys(RandomNumberGenerator.GetBytes(32)).GetKey(7)!.Secret);
    }

    [Fact]
    public void A_fleet_on_several_versions_of_the_library_has_the_same_keys()
    {
        S2nTicketKey key = new S2nSharedSecretTicketKeys(s_secret).GetKey(0x0102030405060708)!;
        Assert.Equal(Derive("S2nStream ticket key name", S2nTicketKey.NameLength), key.Name);
        Assert.Equal(Derive("S2nStream ticket key", S2nTicketKey.MinSecretLength), key.Secret);

        // HKDF with SHA-256, without a salt; the label, and the period as eight bytes.
        byte[] Derive(string label, int length) =>
            HKDF.DeriveKey(HashAlgorithmName.SHA256, s_secret, length, salt: [], [.. Encoding.ASCII.GetBytes(label), 1, 2, 3, 4, 5, 6, 7, 8]);
    }

    [Fact]
    public async Task Keys_at_random_stay_the_same_while_they_matter_and_are_nobody_elses()
    {
        var clock = new ManualClock(DateTimeOffset.UtcNow);
        var ring = new S2nTicketKeyRing(new RandomTicketKeys(), TimeSpan.FromHours(1), TimeSpan.FromHours(10), clock);
        using S2nContext client = TestContexts.MakeClient(options => options.AllowTlsResume = true);
        using S2nContext server = Server(ring), stranger = Server(S2nTicketKeyRing.CreateRandom());
        Assert.False(await IsResumedAsync(client, server));
        for (int i = 0; i < 3; i++)
        {
            clock.Advance(TimeSpan.FromHours(1.1));
            await ring.Keys.Asking.WithDeadline();
            Assert.True(await IsResumedAsync(client, server));
        }

        Assert.False(await IsResumedAsync(client, stranger));

        static S2nContext Server(S2nTicketKeyRing ring) => TestContexts.MakeServer(options =>
        {
            options.AllowTlsResume = true;
            options.TicketKeys = ring;
        });
    }

    [Fact]
    public void Times_that_are_not_given_are_the_default_ones_and_each_has_its_least()
    {
        var keys = new RandomTicketKeys();
        Assert.Equal((TimeSpan.FromHours(1), TimeSpan.FromHours(10)), (new S2nTicketKeyRing(keys).Rotation, new S2nTicketKeyRing(keys).Acceptance));
        var given = new S2nTicketKeyRing(keys, TimeSpan.FromSeconds(10.9), TimeSpan.FromSeconds(1.9));
        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1)), (given.Rotation, given.Acceptance));
        Assert.Throws<ArgumentNullException>(() => new S2nTicketKeyRing(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new S2nTicketKeyRing(keys, TimeSpan.FromSeconds(9.9)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new S2nTicketKeyRing(keys, acceptance: TimeSpan.FromSeconds(0.9)));

        // Two rotations and the acceptance are so many periods, and there are the current one and the next.
        Assert.Equal(TimeSpan.FromSeconds(440), new S2nTicketKeyRing(keys, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(440)).Acceptance);
        Assert.Throws<ArgumentOutOfRangeException>(() => new S2nTicketKeyRing(keys, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(441)));
    }

    [Fact]
    public void A_ring_that_would_need_too_many_keys_is_refused()
    {
        var keys = new S2nSharedSecretTicketKeys(s_secret);
        Assert.Throws<ArgumentOutOfRangeException>(() => new S2nTicketKeyRing(keys, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new S2nTicketKeyRing(keys, TimeSpan.FromSeconds(9)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new S2nTicketKeyRing(keys, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(60)));
        Assert.Throws<ArgumentException>(() => new S2nSharedSecretTicketKeys(new byte[31]));
        Assert.Throws<ArgumentException>(() => new S2nTicketKey([], s_secret));
        Assert.Throws<ArgumentException>(() => new S2nTicketKey(new byte[17], s_secret));
        Assert.Throws<ArgumentException>(() => new S2nTicketKey("name"u8, new byte[16]));
    }

    [Fact]
    public async Task A_session_of_one_server_is_resumed_at_another_with_the_same_secret()
    {
        using S2nContext first = Server(), second = Server(), client = TestContexts.MakeClient(options => options.AllowTlsResume = true);
        Assert.False(await IsResumedAsync(client, first));
        Assert.True(await IsResumedAsync(client, second));

        static S2nContext Server() => TestContexts.MakeServer(options =>
        {
            options.AllowTlsResume = true;
            options.TicketKeys = new S2nTicketKeyRing(new S2nSharedSecretTicketKeys(s_secret));
        });
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(4, false)]
    [InlineData(5, false)]
    public async Task A_stolen_key_forges_tickets_that_are_taken_during_its_lifetime_only(int age, bool isTaken)
    {
        // Lifetime: three periods. Who has stolen a key issues tickets with it now, for sessions that he knows.
        var keys = new S2nSharedSecretTicketKeys(s_secret);
        S2nTicketKeyRing ring = Ring(keys);
        long now = ring.CurrentPeriod;
        using S2nContext client = TestContexts.MakeClient(options => options.AllowTlsResume = true);
        using S2nContext thief = Server(Ring(new OnlyOne(now, keys.GetKey(now - age)!)));
        using S2nContext server = Server(ring);
        Assert.False(await IsResumedAsync(client, thief));
        Assert.Equal(isTaken, await IsResumedAsync(client, server));

        static S2nTicketKeyRing Ring(S2nTicketKeyProvider keys) => new(keys, TimeSpan.FromDays(1), TimeSpan.FromDays(1));

        static S2nContext Server(S2nTicketKeyRing ring) => TestContexts.MakeServer(options =>
        {
            options.AllowTlsResume = true;
            options.TicketKeys = ring;
        });
    }

    private static async Task<bool> IsResumedAsync(S2nContext client, S2nContext server)
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync(client: client, server: server);
        await pair.Server.WriteAsync("hello"u8.ToArray()).WithDeadline();
        await pair.Client.ReadExactlyAsync(new byte[5]).WithDeadline();
        return pair.Client.IsSessionResumed;
    }

    private sealed class OnlyOne(long period, S2nTicketKey key) : S2nTicketKeyProvider
    {
        public override S2nTicketKey? GetKey(long wanted) => wanted == period ? new S2nTicketKey(key.Name, key.Secret) : null;
    }
}
